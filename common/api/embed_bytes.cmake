# kechuang_embed_bytes(TARGET api_comments FUNCTION ProtoDescriptors NAMESPACE kechuang::api FILE /some/file [MADE_BY target])
#   compiles any file, binary ones too, into an existing target, which gets #include "common/api/proto_descriptors.h" (the
#   calling directory's path from the root, the function's name in snake_case), which declares
#     namespace kechuang::api { absl::string_view ProtoDescriptors(); }
#   MADE_BY names the custom target that makes the file, if the build makes it. The assembler takes the file in as it is, so
#   a megabyte costs no compile time; its pages are read from the program only when somebody looks at them.
function(kechuang_embed_bytes)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "TARGET;FUNCTION;NAMESPACE;FILE;MADE_BY" "")
  string(REGEX REPLACE "([a-z0-9])([A-Z])" "\\1_\\2" name ${ARG_FUNCTION})
  string(TOLOWER ${name} name)
  file(RELATIVE_PATH place ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(root ${PROJECT_BINARY_DIR}/embedded)
  set(header ${place}/${name}.h)
  set(source ${root}/${place}/${name}.cc)
  string(TOUPPER "KECHUANG_${place}_${name}_H_" guard)
  string(REGEX REPLACE "[^A-Z0-9]" "_" guard "${guard}")
  string(MAKE_C_IDENTIFIER "kechuang_bytes_${place}_${name}" symbol)
  file(CONFIGURE OUTPUT ${root}/${header} CONTENT
"#ifndef @guard@
#define @guard@

#include \"absl/strings/string_view.h\"

namespace @ARG_NAMESPACE@ {

// The bytes of a file that is part of the program.
absl::string_view @ARG_FUNCTION@();

}  // namespace @ARG_NAMESPACE@

#endif  // @guard@
" @ONLY)
  file(CONFIGURE OUTPUT ${source} CONTENT
"#include \"@header@\"

asm(R\"(
  .pushsection .rodata, \"a\", @progbits
  .balign 16
  .hidden @symbol@
  .global @symbol@
@symbol@:
  .incbin \"@ARG_FILE@\"
  .hidden @symbol@_end
  .global @symbol@_end
@symbol@_end:
  .byte 0
  .popsection
)\");
extern \"C\" const char @symbol@[];
extern \"C\" const char @symbol@_end[];

namespace @ARG_NAMESPACE@ {

absl::string_view @ARG_FUNCTION@() { return {@symbol@, static_cast<size_t>(@symbol@_end - @symbol@)}; }

}  // namespace @ARG_NAMESPACE@
" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${ARG_FILE})
  target_sources(${ARG_TARGET} PRIVATE ${source})
  target_include_directories(${ARG_TARGET} PUBLIC ${root})
  if(ARG_MADE_BY)
    add_dependencies(${ARG_TARGET} ${ARG_MADE_BY})
  endif()
endfunction()
