# cmake -DOUTPUT=x.cc -DSYMBOL=name -DINPUTS="a;b" -P embed_text.cmake
# The inputs, one after the other, become `const std::string_view mien::assets::SYMBOL` in OUTPUT.
set(text "")
foreach(input IN LISTS INPUTS)
  file(READ "${input}" part)
  string(APPEND text "${part}\n")
endforeach()
file(WRITE "${OUTPUT}"
  "#include \"mien/report/assets.h\"\nconst std::string_view mien::assets::${SYMBOL} = R\"~asset~(${text})~asset~\";\n")
