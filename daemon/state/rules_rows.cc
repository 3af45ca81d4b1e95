#include "state/rules_rows.h"

#include "base/bytes.h"

namespace shelf {

void EncodeRules(const RulesRecord& record, std::string& out) {
  ByteWriter writer(out);
  writer.PutString(record.hash);
  writer.Put(record.taken.ms);
  writer.Put(record.in_force.ms);
  writer.PutString(record.source);
  writer.PutString(record.by);
  writer.PutString(record.text);
}

bool DecodeRules(std::string_view bytes, RulesRecord& record) {
  ByteReader reader(bytes);
  record.hash = std::string(reader.GetString());
  record.taken.ms = reader.Get<int64_t>();
  record.in_force.ms = reader.Get<int64_t>();
  record.source = std::string(reader.GetString());
  record.by = std::string(reader.GetString());
  record.text = std::string(reader.GetString());
  return reader.done();
}

}  // namespace shelf
