#include "io/kafka_client.h"

#include "absl/strings/str_cat.h"

namespace shelf {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char why[512];
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof(why)) == RD_KAFKA_CONF_OK) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("librdkafka refuses ", name, ": ", why));
}

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::StatusCode::kOk;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return absl::StatusCode::kOutOfRange;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return absl::StatusCode::kInvalidArgument;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      return absl::StatusCode::kUnimplemented;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return absl::StatusCode::kDataLoss;
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      return absl::StatusCode::kAborted;
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return absl::StatusCode::kDeadlineExceeded;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::StatusOr<KafkaConf> MakeKafkaConf(const KafkaOptions& options,
                                        const KafkaSettings& settings) {
  KafkaConf conf(rd_kafka_conf_new());
  KafkaSettings all = {
      {"bootstrap.servers", options.brokers},
      {"client.id", options.client_id},
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      // The default lets a client sit out ten seconds after the broker is back.
      {"reconnect.backoff.max.ms", "1000"},
      // Brokers close idle connections; that is no news.
      {"log.connection.close", "false"},
  };
  all.insert(all.end(), settings.begin(), settings.end());
  all.insert(all.end(), options.librdkafka.begin(), options.librdkafka.end());
  for (const auto& [name, value] : all) {
    if (absl::Status status = Set(conf.get(), name, value); !status.ok()) return status;
  }
  return conf;
}

absl::StatusOr<KafkaClient> MakeKafkaClient(rd_kafka_type_t type, KafkaConf conf) {
  char why[512];
  KafkaClient client(rd_kafka_new(type, conf.get(), why, sizeof(why)));
  if (client == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no Kafka client with these settings: ", why));
  }
  static_cast<void>(conf.release());  // the client owns it now
  return client;
}

KafkaTopic MakeKafkaTopic(rd_kafka_t* client, const std::string& name) {
  return KafkaTopic(rd_kafka_topic_new(client, name.c_str(), nullptr));
}

absl::Status KafkaError(rd_kafka_resp_err_t error, std::string_view what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::Status(CodeOf(error), absl::StrCat(View(what), ": ", rd_kafka_err2str(error)));
}

}  // namespace shelf
