// Scenarios as text. A script is a table of what stores, operators and time do; Play runs it
// through `shelfd pipe` and gives back what was said, as text again.
//
//   store 1 erp=book pos=early! [closed] [region=R] [group=G] [service=METHOD[:MINUTES]]
//                                       [count-hold] [count-after-nil-pick]
//                                       [open=08:00-20:00], [open:6=…] on Saturdays alone,
//                                       [special=2026-11-03:10:00-14:00 or :closed], [zone=ZONE]
//   item A [blocked=CHANNEL] [id:CHANNEL=ID] [step=MILLI] [category=Grocery>Fresh]
//   listing 1 A [delisted] [channel=C]
//   stop ID [sku=A] [store=1] [channel=C] [until=TIME] [lifted]
//   gone KEY                            a tombstone in reference
//   TIME list 1/erp A=11 B=2            begin, chunk and end of a full list, complete through TIME;
//                                       through=TIME or none, lines=N: what it says instead
//   TIME begin 1/erp ID                 a list in parts; also `part` with items, `end` with lines=N
//   TIME sale 1/pos A=1 [through=TIME]  also return, receipt, adjustment, to-shelf
//                                       settles=ID [part], closes=DOC: what the document settles
//   TIME count 1/scan A=3               also shelf-count
//   TIME pick 1/picking A=0/2 [for=ID]  found/requested; the reservation it was picked for
//   TIME reserve 1/oms ID A=1 [channel=C] [until=TIME]
//   TIME release 1/oms ID
//   TIME expect 1/erp DOC A=5 due=TIME  expected receipts; without items: withdrawn
//   TIME claim 1/erp                    a heartbeat, complete through TIME
//   TIME release-list 1 ID              an operator's word on a list that waits; also drop-list
//   TIME tick
//   TIME ticks TIME                     every 10 s, first and last included
//   skip 1/erp                          the next event of the source is lost
//   keep NAME                           the next line's documents are on their way until
//   deliver NAME
//   restart 1/erp                       the source starts over: a new epoch, its sequence from 1
//   again                               the line before once more, byte by byte
//   raw TEXT                            the text as a line
//
// `!` makes an early source required. TIME is HH:MM or HH:MM:SS after Monday 2026-11-02 00:00 UTC;
// hours go on past 24. Quantities are units, up to three decimals; # begins a comment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"

namespace shelf {

using Lines = std::vector<std::string>;

// What the pipe wrote.
struct Played {
  int exit = -1;
  std::string err;
  std::vector<nlohmann::json> records;  // as they came

  // "06:00:00 c/1/A 11 in_stock", in order; the time is the partition's.
  Lines availability() const;
  // Without time and status: "c/1/A 11".
  Lines numbers() const;
  // "malformed", "future_time", …
  Lines reject_reasons() const;
  // "resend 1/erp 3-4", "snapshot 1/erp", "snapshot 1/erp min-epoch=4", "count 1/scan A B".
  Lines requests() const;
  std::vector<nlohmann::json> of_topic(std::string_view topic) const;
};

// The script as the pipe's input.
std::string InputOf(std::string_view script);
// The same, line of the script by line: what each adds to the input, "" where it adds nothing.
Lines InputByLine(const Lines& script);
Played Play(std::string_view rules, std::string_view script);
// The same for an input that is there already.
Played PlayInput(std::string_view rules, const std::string& input);

// Unix ms of a script's time, and the other way round, with seconds.
int64_t AtMs(std::string_view time);
std::string TimeText(int64_t ms);

}  // namespace shelf
