# What cmake --install puts below its prefix, by component:
#   programs  bin/
#   protos    share/kechuang/proto/: our protos and the google/{api,rpc,type} ones that they import, one import root
#   client    headers, library and CMake package for C++: find_package(kechuang CONFIG), target kechuang::client
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS kechuang-enterprise kechuang-loan kechuang-contract kechuang-report kechuang-identity kechuang-gateway kechuang-sample kc
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)

set(INSTALLED_PROTOS ${CMAKE_INSTALL_DATADIR}/kechuang/proto)
install(DIRECTORY ${PROTO_ROOT}/kechuang ${GOOGLEAPIS}/google DESTINATION ${INSTALLED_PROTOS} COMPONENT protos
  FILES_MATCHING PATTERN "*.proto")

# The messages and stubs of all areas as one library. A root of its own for its headers: google/rpc and google/type may be
# there in other versions.
set(CLIENT_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/kechuang-client)
set(CLIENT_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/kechuang)
get_property(areas GLOBAL PROPERTY KECHUANG_AREAS)
set(client_objects $<TARGET_OBJECTS:proto_google_archive>)
foreach(area IN LISTS areas)
  list(APPEND client_objects $<TARGET_OBJECTS:proto_${area}_archive>)
endforeach()
add_library(kechuang_client STATIC ${client_objects})
set_target_properties(kechuang_client PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME client)
target_include_directories(kechuang_client SYSTEM INTERFACE $<INSTALL_INTERFACE:${CLIENT_HEADERS}>)
target_compile_features(kechuang_client INTERFACE cxx_std_17)
target_link_libraries(kechuang_client INTERFACE gRPC::grpc++ protobuf::libprotobuf)
if(KECHUANG_SANITIZE)
  target_compile_options(kechuang_client INTERFACE -fsanitize=${KECHUANG_SANITIZE})
  target_link_options(kechuang_client INTERFACE -fsanitize=${KECHUANG_SANITIZE})
endif()
install(TARGETS kechuang_client EXPORT kechuangTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT client)
install(EXPORT kechuangTargets NAMESPACE kechuang:: DESTINATION ${CLIENT_PACKAGE} COMPONENT client)
install(DIRECTORY ${GENERATED}/ DESTINATION ${CLIENT_HEADERS} COMPONENT client FILES_MATCHING PATTERN "*.h")

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/kechuangConfig.cmake.in
  ${CMAKE_BINARY_DIR}/package/kechuangConfig.cmake INSTALL_DESTINATION ${CLIENT_PACKAGE}
  PATH_VARS INSTALLED_PROTOS)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/kechuangConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/kechuangConfig.cmake ${CMAKE_BINARY_DIR}/package/kechuangConfigVersion.cmake
  DESTINATION ${CLIENT_PACKAGE} COMPONENT client)
