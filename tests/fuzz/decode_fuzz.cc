// Any bytes mean to Decode what they mean to the generated parser.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "decode/oracle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string expected = shelf::ExpectedMeaning(bytes);
  const std::string decoded = shelf::DecodedMeaning(bytes);
  if (decoded == expected) return 0;
  std::fprintf(stderr, "expected:\n%s\ndecoded:\n%s\n", expected.c_str(), decoded.c_str());
  std::abort();
}
