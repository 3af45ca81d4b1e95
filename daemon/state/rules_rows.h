// The checkpoint's rows of rule sets: which were taken, when, by whom and from where, with their
// texts. Byte by byte in docs/formats/checkpoint.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace shelf {

// A rule set that was taken. The same text may have been taken more than once.
struct RulesRecord {
  uint32_t number = 0;  // rises with each that is taken
  std::string hash;     // of the text, see RuleSet::hash
  std::string text;
  std::string source;      // where the text came from: a file's path, or the words of who gave it
  std::string by;          // who gave it
  PartitionTime taken;     // the newest partition time then; 0: before the first tick
  PartitionTime in_force;  // when the first partition went by it; 0: not yet
};

void EncodeRules(const RulesRecord& record, std::string& out);
// The number is the key's. False: the bytes are no such row.
bool DecodeRules(std::string_view bytes, RulesRecord& record);

}  // namespace shelf
