# SQL files compiled into programs. Both functions may be called in any directory that is added after common/mysql, for a
# target that exists already; an edited .sql file is compiled anew at the next build.
#
# kechuang_schema(TARGET enterprise_service FUNCTION EnterpriseMigrations NAMESPACE kechuang::enterprise
#                 FILES schema/0001_first.sql schema/0002_next.sql)
#   gives the target #include "services/enterprise/schema.h" (the calling directory's path from the root), which declares
#     namespace kechuang::enterprise { std::vector<kechuang::mysql::Migration> EnterpriseMigrations(); }
#   in the order of FILES; the number before the first underscore is the version. The target has to depend on mysql.
#
# kechuang_embed(TARGET ledger FUNCTION EngineSchema NAMESPACE kechuang::ledger FILE schema/engine.sql)
#   gives the target #include "common/ledger/engine_schema.h" (the function's name in snake_case), which declares
#     namespace kechuang::ledger { absl::string_view EngineSchema(); }

set(KECHUANG_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/write_embedded.cmake)
set_property(GLOBAL PROPERTY KECHUANG_EMBED_SCRIPT ${KECHUANG_EMBED_SCRIPT})

# Writes the header now and the source whenever a file changes; adds both to the target.
function(kechuang_generate_embedded target header_name kind function_name name_space type include_line)
  get_property(script GLOBAL PROPERTY KECHUANG_EMBED_SCRIPT)
  file(RELATIVE_PATH place ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(root ${PROJECT_BINARY_DIR}/embedded)
  set(header ${place}/${header_name}.h)
  set(source ${root}/${place}/${header_name}.cc)
  string(TOUPPER "KECHUANG_${place}_${header_name}_H_" guard)
  string(REGEX REPLACE "[^A-Z0-9]" "_" guard "${guard}")
  file(CONFIGURE OUTPUT ${root}/${header} CONTENT
"#ifndef ${guard}
#define ${guard}

${include_line}

namespace ${name_space} {

${type} ${function_name}();

}  // namespace ${name_space}

#endif  // ${guard}
" @ONLY)
  set(files ${ARGN})
  list(TRANSFORM files PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  string(REPLACE ";" "," joined "${files}")
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DKIND=${kind} -DHEADER=${header} -DFUNCTION=${function_name} -DNAMESPACE=${name_space}
            -DFILES=${joined} -DOUTPUT=${source} -P ${script}
    DEPENDS ${files} ${script} VERBATIM)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PUBLIC ${root})
endfunction()

function(kechuang_schema)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "TARGET;FUNCTION;NAMESPACE" "FILES")
  kechuang_generate_embedded(${ARG_TARGET} schema migrations ${ARG_FUNCTION} ${ARG_NAMESPACE}
    "// The steps of this schema, oldest first.\nstd::vector<::kechuang::mysql::Migration>"
    "#include <vector>\n\n#include \"common/mysql/migration.h\"" ${ARG_FILES})
endfunction()

function(kechuang_embed)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "TARGET;FUNCTION;NAMESPACE;FILE" "")
  string(REGEX REPLACE "([a-z0-9])([A-Z])" "\\1_\\2" name ${ARG_FUNCTION})
  string(TOLOWER ${name} name)
  kechuang_generate_embedded(${ARG_TARGET} ${name} text ${ARG_FUNCTION} ${ARG_NAMESPACE}
    "// The file ${ARG_FILE}, whole.\nabsl::string_view" "#include \"absl/strings/string_view.h\"" ${ARG_FILE})
endfunction()
