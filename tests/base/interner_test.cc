#include "base/interner.h"

#include <string>
#include <vector>

#include "base/ids.h"
#include "support/catch.h"

using namespace shelf;

TEST_CASE("ids are given in the order of first sight and lead back to the text", "[base]") {
  Interner names;
  CHECK(names.Intern("b") == 0);
  CHECK(names.Intern("a") == 1);
  CHECK(names.Intern("b") == 0);
  CHECK(names.size() == 2);
  CHECK(names.Text(0) == "b");
  CHECK(names.Text(1) == "a");
}

TEST_CASE("looking for a text does not intern it", "[base]") {
  Interner names;
  CHECK(names.Find("a") == static_cast<uint32_t>(-1));
  CHECK(names.size() == 0);
  names.Intern("a");
  CHECK(names.Find("a") == 0);
}

TEST_CASE("texts that only look alike are different", "[base]") {
  Interner names;
  const uint32_t plain = names.Intern("557722");
  CHECK(names.Intern("0557722") != plain);
  CHECK(names.Intern(std::string_view("557722\0", 7)) != plain);
  const uint32_t empty = names.Intern("");
  CHECK(names.Text(empty).empty());
  CHECK(names.Find("") == empty);
}

TEST_CASE("texts keep their addresses while the interner grows, and outlive their origin",
          "[base]") {
  Interner names;
  std::vector<const char*> addresses;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = "sku-" + std::to_string(i);
    addresses.push_back(names.Text(names.Intern(text)).data());
  }
  const std::string longer_than_a_block(200'000, 'x');
  const uint32_t big = names.Intern(longer_than_a_block);
  names.Intern("after");
  CHECK(names.Text(big) == longer_than_a_block);
  bool same = true;
  for (uint32_t id = 0; id < 20000; ++id) {
    same = same && names.Text(id).data() == addresses[id] &&
           names.Text(id) == "sku-" + std::to_string(id);
  }
  CHECK(same);
  CHECK(names.bytes() > 200'000);
}

TEST_CASE("typed names give typed ids, invalid for what is unknown", "[base]") {
  Names<StoreId> stores;
  const StoreId id = stores.Intern("557722");
  CHECK(id.valid());
  CHECK(stores.Find("557722") == id);
  CHECK_FALSE(stores.Find("0557722").valid());
  CHECK(stores.Text(id) == "557722");
}
