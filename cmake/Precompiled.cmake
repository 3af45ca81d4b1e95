# Headers that nearly every file reads, compiled once: about a third off a build from nothing. Off
# unless SHELFD_PCH is set, as tools/test does: without it a file that does not include what it uses
# does not compile, and a change of a header rebuilds no more than it must.
option(SHELFD_PCH "Precompile the headers that most files include" OFF)

if(SHELFD_PCH AND CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
  # Else it cannot tell whether a file changes with the headers.
  foreach(language C CXX)
    set(CMAKE_${language}_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endforeach()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()

if(SHELFD_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # What it sees wrongly in inlined std::string code (its bugs 105329, 105651) is no longer taken for
  # a system header's.
  add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

# shelf_precompiled(name [LINK libraries...]): makes precompiled/<name>.h, which includes what those
# libraries offer.
function(shelf_precompiled name)
  if(NOT SHELFD_PCH)
    return()
  endif()
  cmake_parse_arguments(P "" "" "LINK" ${ARGN})
  set(folder ${CMAKE_SOURCE_DIR}/cmake/precompiled)
  add_library(shelf_pch_${name} OBJECT ${folder}/empty.cc)
  target_include_directories(shelf_pch_${name} PRIVATE ${CMAKE_SOURCE_DIR}/daemon ${CMAKE_SOURCE_DIR}/cmake)
  target_link_libraries(shelf_pch_${name} PRIVATE ${P_LINK})
  target_precompile_headers(shelf_pch_${name} PRIVATE ${folder}/${name}.h)
endfunction()

# shelf_use_precompiled(target name): the target's files read precompiled/<name>.h first.
function(shelf_use_precompiled target name)
  if(SHELFD_PCH)
    target_precompile_headers(${target} REUSE_FROM shelf_pch_${name})
  endif()
endfunction()
