# SPDX-License-Identifier: MIT
# The bytes of files as C: cmake -DOUT=FILE -DHEADER=NAME -DFILES=SYMBOL=PATH,... -P embed.cmake
set(text "#include \"${HEADER}\"\n")
string(REPLACE "," ";" rows "${FILES}")
foreach(row ${rows})
  string(REGEX MATCH "^([^=]+)=(.+)$" row "${row}")
  set(symbol ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND text "const char ${symbol}[] = {${bytes}0};\nconst size_t ${symbol}_size = sizeof(${symbol}) - 1;\n")
endforeach()
file(WRITE ${OUT} "${text}")
