# Sanitizer builds parse the headers that most sources share once: that is a good part of what compiling them costs. Release
# builds do not, so that a source that forgets an #include is found out there.
option(KECHUANG_PRECOMPILE "Precompile the headers that most sources share" OFF)

# kechuang_precompile(NAME headers...): a target whose precompiled headers others use.
function(kechuang_precompile name)
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cc "// Only there because a target has a source.\n")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE kechuang_warnings)
  target_precompile_headers(${name} PRIVATE <algorithm> <array> <condition_variable> <fstream> <functional> <map> <memory>
    <mutex> <optional> <set> <string> <thread> <utility> <vector> <absl/functional/function_ref.h> <absl/status/statusor.h>
    <absl/strings/str_cat.h> <absl/strings/str_format.h> <absl/strings/str_join.h> <absl/strings/str_split.h> <absl/time/clock.h>
    <google/protobuf/message.h> <google/protobuf/timestamp.pb.h> <grpcpp/grpcpp.h> ${ARGN})
endfunction()

if(KECHUANG_PRECOMPILE)
  kechuang_precompile(precompiled)
  kechuang_precompile(precompiled_tests <gmock/gmock.h> <gtest/gtest.h>)
  target_link_libraries(precompiled_tests PRIVATE GTest::gmock_main)  # for its macros
endif()

# kechuang_use_precompiled(NAME FROM): the target compiles with the precompiled headers of FROM.
function(kechuang_use_precompiled name from)
  if(KECHUANG_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM ${from})
  endif()
endfunction()
