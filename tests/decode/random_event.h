// Stock events by chance, from a seed, and ways to damage their bytes.
#pragma once

#include <random>
#include <string>

#include "shelf/v1/stock_event.pb.h"

namespace shelf {

// Mostly a usable event with any body; now and then with fields that Decode must refuse.
v1::StockEvent RandomEvent(std::mt19937_64& random);

// One to four random edits: bytes changed, dropped, doubled, cut off, or made into tricky varints.
std::string Damaged(std::string bytes, std::mt19937_64& random);

}  // namespace shelf
