# One static library per folder of src/, a registry written from its file names, and one test program from its *_test.cc.

# Rows of tables name only the fields they set. GCC 12's -Wrestrict misfires on std::string + (GCC bug 105651).
set(THIMBLE_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND THIMBLE_WARNINGS -Wno-restrict)
endif()

# The standard headers that most files read, read once for all: half of the time of a build. They are no more than what each file includes
# anyway; `cmake -DTHIMBLE_PCH=OFF` builds without, and would find a file that forgot one. Test programs have theirs, with GoogleTest.
option(THIMBLE_PCH "Precompile the standard headers" ON)
set(THIMBLE_STD_HEADERS <algorithm> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <optional> <set> <span> <string>
    <string_view> <variant> <vector>)
# Most folders decide and write text: what takes their time is to compile them. Those that compute say HOT.
set(THIMBLE_COLD_OPTIONS $<$<CONFIG:Release>:-O1>)
# Two warnings misfire on std::string::insert and replace where <string> is precompiled, for then it is no system header.
set(THIMBLE_PRECOMPILED_OPTIONS $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow> $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)

# thimble_precompiled(<target> <of>): <target> reads what <of> (library | test) has precompiled.
function(thimble_precompiled target of)
  if(NOT THIMBLE_PCH OR THIMBLE_FUZZ)
    return()
  endif()
  set(shared thimble_precompiled_${of})
  if(NOT TARGET ${shared})
    file(WRITE ${PROJECT_BINARY_DIR}/precompiled/${of}.cc "")
    if(of STREQUAL "test")
      add_executable(${shared} EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/${of}.cc)
      target_link_libraries(${shared} PRIVATE fmt::fmt GTest::gmock GTest::gtest_main)
      target_compile_options(${shared} PRIVATE ${THIMBLE_WARNINGS} ${THIMBLE_COLD_OPTIONS})
      target_precompile_headers(${shared} PRIVATE ${THIMBLE_STD_HEADERS} <fmt/format.h> <gmock/gmock.h> <gtest/gtest.h>)
    else()
      add_library(${shared} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/${of}.cc)
      target_link_libraries(${shared} PRIVATE fmt::fmt)
      target_compile_options(${shared} PRIVATE ${THIMBLE_WARNINGS})
      target_precompile_headers(${shared} PRIVATE ${THIMBLE_STD_HEADERS} <fmt/format.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${shared})
  target_compile_options(${target} PRIVATE ${THIMBLE_PRECOMPILED_OPTIONS})
endfunction()

# thimble_registry(<target> <header> <element> <suffix> <file stems...>)
# Writes all_<suffix>(), which joins x_<suffix>() of every stem x. A file without that function is a link error that names it.
function(thimble_registry target header element suffix)
  set(declarations "")
  set(calls "")
  foreach(stem ${ARGN})
    string(APPEND declarations "std::span<const ${element}> ${stem}_${suffix}();\n")
    string(APPEND calls "    for (const ${element}& row : ${stem}_${suffix}()) rows.push_back(&row);\n")
  endforeach()
  set(text "// Written by cmake/folder.cmake from the file names of this folder.
#include \"${header}\"

#include <vector>

namespace thimble {
${declarations}
std::span<const ${element}* const> all_${suffix}() {
  static const std::vector<const ${element}*> kAll = [] {
    std::vector<const ${element}*> rows;
${calls}    return rows;
  }();
  return kAll;
}
}  // namespace thimble
")
  set(file ${CMAKE_CURRENT_BINARY_DIR}/registry.cc)
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  target_sources(${target} PRIVATE ${file})
endfunction()

# thimble_folder(<name> [REGISTRY <header> <element> <suffix>] [NOT_ROWS <stems...>] [EXCEPT <regex>] [KNOWS <folders...>] [LIBS <libraries...>] [HOT])
# Every .cc of the folder but EXCEPT is compiled; with REGISTRY each one but NOT_ROWS holds rows. *_test.cc go to <name>_test, label "fast".
# HOT: the folder computes, so it is optimised as the build type says.
function(thimble_folder name)
  cmake_parse_arguments(arg "HOT" "EXCEPT" "REGISTRY;NOT_ROWS;KNOWS;LIBS;TEST_LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  if(arg_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCEPT}")
  endif()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  set(target thimble_${name})
  if(NOT sources)
    add_library(${target} INTERFACE)
    return()
  endif()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE ${THIMBLE_WARNINGS})
  if(NOT arg_HOT)
    target_compile_options(${target} PRIVATE ${THIMBLE_COLD_OPTIONS})
  endif()
  thimble_precompiled(${target} library)
  target_link_libraries(${target} PUBLIC ${arg_LIBS})
  foreach(folder ${arg_KNOWS})
    target_link_libraries(${target} PUBLIC thimble_${folder})
  endforeach()
  if(arg_REGISTRY)
    list(TRANSFORM sources REPLACE "\\.cc$" "" OUTPUT_VARIABLE stems)
    list(REMOVE_ITEM stems ${arg_NOT_ROWS})
    thimble_registry(${target} ${arg_REGISTRY} ${stems})
  endif()
  if(tests)
    thimble_test(${name}_test LABELS fast SOURCES ${tests} LIBS ${target} ${arg_TEST_LIBS})
  endif()
endfunction()

# thimble_parts(<name> SOURCES <files...> LIBS <libraries...>): what several test programs share, compiled once.
function(thimble_parts name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_compile_options(${name} PRIVATE ${THIMBLE_WARNINGS} ${THIMBLE_COLD_OPTIONS})
  target_compile_definitions(${name} PRIVATE THIMBLE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  thimble_precompiled(${name} library)
  target_link_libraries(${name} PUBLIC ${arg_LIBS})
endfunction()

# thimble_test(<name> LABELS <labels...> SOURCES <files...> LIBS <libraries...> [NO_ENTRY] [NO_PCH]): one GoogleTest program and, unless
# the caller makes its own, one CTest entry. NO_PCH: what it includes is not what other tests include.
function(thimble_test name)
  cmake_parse_arguments(arg "NO_ENTRY;NO_PCH" "TIMEOUT" "LABELS;SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE ${THIMBLE_WARNINGS} ${THIMBLE_COLD_OPTIONS})
  if(NOT arg_NO_PCH)
    thimble_precompiled(${name} test)
  endif()
  target_compile_definitions(${name} PRIVATE THIMBLE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" THIMBLE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LIBS} GTest::gmock GTest::gtest_main)
  if(arg_NO_ENTRY)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()
