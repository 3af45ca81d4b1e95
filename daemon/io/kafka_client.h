// What the Kafka files share: librdkafka's handles as owners, their settings, and its errors as
// absl::Status. Not for other folders.
#pragma once

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/kafka_options.h"

namespace shelf {

// Frees a C handle with the function librdkafka has for it.
template <auto kFree>
struct FreedBy {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};

using KafkaConf = std::unique_ptr<rd_kafka_conf_t, FreedBy<rd_kafka_conf_destroy>>;
using KafkaClient = std::unique_ptr<rd_kafka_t, FreedBy<rd_kafka_destroy>>;
using KafkaTopic = std::unique_ptr<rd_kafka_topic_t, FreedBy<rd_kafka_topic_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, FreedBy<rd_kafka_queue_destroy>>;

using KafkaSettings = std::vector<std::pair<std::string, std::string>>;

// What every client sets, then `settings`, then the raw overrides. InvalidArgument names the
// property that librdkafka refuses.
absl::StatusOr<KafkaConf> MakeKafkaConf(const KafkaOptions& options, const KafkaSettings& settings);

absl::StatusOr<KafkaClient> MakeKafkaClient(rd_kafka_type_t type, KafkaConf conf);

// A handle with librdkafka's defaults for topics; null only for a name it refuses.
KafkaTopic MakeKafkaTopic(rd_kafka_t* client, const std::string& name);

// "<what>: <librdkafka's words>" with the code the io contracts promise; ok for NO_ERROR.
absl::Status KafkaError(rd_kafka_resp_err_t error, std::string_view what);

inline constexpr int kAttemptMs = 10'000;

// A question is lost with its connection, and waits for ever on a broker that hangs. So `ask` is
// called again while its answer is Unavailable or DeadlineExceeded, for at most `timeout_ms` in
// all; it gets what is left of them, 1 to kAttemptMs, and gives a StatusOr. For questions only,
// which may be asked twice.
template <typename Ask>
auto AskUntilAnswered(int timeout_ms, const Ask& ask) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPause(100);
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    auto answer = ask(static_cast<int>(std::clamp<int64_t>(left, 1, kAttemptMs)));
    const bool away =
        absl::IsUnavailable(answer.status()) || absl::IsDeadlineExceeded(answer.status());
    if (!away || Clock::now() + kPause >= deadline) return answer;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace shelf
