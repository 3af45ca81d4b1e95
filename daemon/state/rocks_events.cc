#include "state/rocks_events.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

namespace shelf {

RocksLog::RocksLog(std::function<void(const std::string& words)> log)
    : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), log_(std::move(log)) {}

void RocksLog::Logv(const char* format, va_list arguments) {
  // Its checkpoints nest their locks against deletion, and warn of that at each copy.
  if (!log_ || std::strstr(format, "File Deletions ") != nullptr) {
    return;
  }
  std::array<char, 1024> words;  // longer lines are cut
  std::vsnprintf(words.data(), words.size(), format, arguments);
  log_(words.data());
}

void RocksFailures::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                      rocksdb::Status* /*error*/) {
  failed_ = true;
}

void RocksFailures::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                                         rocksdb::Status /*error*/, bool* auto_recovery) {
  *auto_recovery = false;
}

}  // namespace shelf
