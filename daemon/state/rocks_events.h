// What RocksDB tells about itself: its log lines, and that one of its background jobs failed.
#pragma once

#include <atomic>
#include <cstdarg>
#include <functional>
#include <memory>
#include <string>

#include "rocksdb/env.h"
#include "rocksdb/listener.h"

namespace shelf {

// Replaces RocksDB's LOG file, whose writer asserts in the distribution's build when it is used
// again after a full disk, and ends the process.
class RocksLog : public rocksdb::Logger {
 public:
  explicit RocksLog(std::function<void(const std::string& words)> log);

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

 private:
  const std::function<void(const std::string& words)> log_;
};

// Notes failed background jobs and forbids RocksDB to recover by itself: its recovery touches the
// log writer that failed, which asserts likewise.
class RocksFailures : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* auto_recovery) override;

  // Whether a job failed since the last call. THREAD: any.
  bool Take() { return failed_.exchange(false); }

 private:
  std::atomic<bool> failed_ = false;
};

}  // namespace shelf
