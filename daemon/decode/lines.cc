#include "decode/lines.h"

#include <algorithm>
#include <initializer_list>

#include "base/ids.h"

namespace shelf {
namespace {

constexpr bool IsReason(int32_t raw) {
  return raw > 0 && raw <= static_cast<int32_t>(Reason::kShelfReplenishment);
}

RejectReason CheckSku(std::string_view sku) {
  if (sku.empty()) return RejectReason::kEmptySku;
  return sku.size() > kSkuBytesMax ? RejectReason::kSkuTooLong : RejectReason::kNone;
}

// None at all is no fault yet: the document's may come after the line.
RejectReason CheckReason(int32_t raw) {
  return raw == 0 || IsReason(raw) ? RejectReason::kNone : RejectReason::kUnknownReason;
}

// Movements and books may be negative.
RejectReason CheckSigned(int64_t quantity_milli) {
  return quantity_milli > kQuantityMilliMax || quantity_milli < -kQuantityMilliMax
             ? RejectReason::kQuantityOverflow
             : RejectReason::kNone;
}

RejectReason CheckUnsigned(int64_t quantity_milli) {
  return quantity_milli < 0 ? RejectReason::kNegativeQuantity : CheckSigned(quantity_milli);
}

RejectReason FirstOf(std::initializer_list<RejectReason> faults) {
  for (const RejectReason fault : faults) {
    if (fault != RejectReason::kNone) return fault;
  }
  return RejectReason::kNone;
}

void AddLine(Draft& draft, Line& line, RejectReason fault) {
  line.number = ++draft.lines_seen;
  if (fault == RejectReason::kNone) {
    draft.event.lines.push_back(line);
  } else {
    draft.event.rejected.push_back({line.number, fault});
  }
}

}  // namespace

bool ReadDeltaLine(WireReader in, Draft& draft) {
  Line line;
  int32_t reason = 0;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        line.sku = in.String();
        break;
      case VarintTag(2):
        line.quantity_milli = in.Sint64();
        break;
      case VarintTag(3):
        reason = in.Int32();
        break;
      default:
        in.Skip(tag);
    }
  }
  if (IsReason(reason)) line.reason = static_cast<Reason>(reason);
  if (reason == 0) draft.lines_await_reason = true;
  AddLine(draft, line,
          FirstOf({CheckSku(line.sku), CheckReason(reason), CheckSigned(line.quantity_milli)}));
  return in.ok();
}

bool ReadCountLine(WireReader in, Draft& draft) {
  Line line;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        line.sku = in.String();
        break;
      case VarintTag(2):
        line.quantity_milli = in.Int64();
        break;
      case VarintTag(3):
        line.shelf_only = in.Bool();
        break;
      default:
        in.Skip(tag);
    }
  }
  AddLine(draft, line, FirstOf({CheckSku(line.sku), CheckUnsigned(line.quantity_milli)}));
  return in.ok();
}

bool ReadBookLine(WireReader in, Draft& draft) {
  Line line;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        line.sku = in.String();
        break;
      case VarintTag(2):
        line.quantity_milli = in.Sint64();
        break;
      default:
        in.Skip(tag);
    }
  }
  AddLine(draft, line, FirstOf({CheckSku(line.sku), CheckSigned(line.quantity_milli)}));
  return in.ok();
}

bool ReadPickLine(WireReader in, Draft& draft) {
  Line line;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        line.sku = in.String();
        break;
      case VarintTag(2):
        line.quantity_milli = in.Int64();
        break;
      case VarintTag(3):
        line.found_milli = in.Int64();
        break;
      case LengthTag(4):
        in.String();  // the substitute's own sale tells of it; here it need only be well formed
        break;
      default:
        in.Skip(tag);
    }
  }
  AddLine(draft, line,
          FirstOf({CheckSku(line.sku), CheckUnsigned(line.quantity_milli),
                   CheckUnsigned(line.found_milli)}));
  return in.ok();
}

bool ReadAmountLine(WireReader in, Draft& draft) {
  Line line;
  while (const uint32_t tag = in.NextTag()) {
    switch (tag) {
      case LengthTag(1):
        line.sku = in.String();
        break;
      case VarintTag(2):
        line.quantity_milli = in.Int64();
        break;
      default:
        in.Skip(tag);
    }
  }
  AddLine(draft, line, FirstOf({CheckSku(line.sku), CheckUnsigned(line.quantity_milli)}));
  return in.ok();
}

void SettleReasons(Draft& draft) {
  if (!draft.lines_await_reason) return;
  Event& event = draft.event;
  if (IsReason(draft.document_reason)) {
    for (Line& line : event.lines) {
      if (line.reason == Reason::kUnspecified) {
        line.reason = static_cast<Reason>(draft.document_reason);
      }
    }
    return;
  }
  std::erase_if(event.lines, [&event](const Line& line) {
    if (line.reason != Reason::kUnspecified) return false;
    event.rejected.push_back({line.number, RejectReason::kUnknownReason});
    return true;
  });
  std::sort(event.rejected.begin(), event.rejected.end(),
            [](const LineReject& a, const LineReject& b) { return a.number < b.number; });
}

}  // namespace shelf
