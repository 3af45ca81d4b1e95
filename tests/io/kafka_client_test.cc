#include "io/kafka_client.h"

#include "support/catch.h"

using namespace shelf;

TEST_CASE("a question is asked again while nobody can be reached", "[io]") {
  int asked = 0;
  const auto answer = AskUntilAnswered(60'000, [&](int left_ms) -> absl::StatusOr<int> {
    CHECK(left_ms >= 1);
    CHECK(left_ms <= kAttemptMs);
    if (++asked < 3) return absl::UnavailableError("the broker went away");
    return 7;
  });
  CHECK(answer.value() == 7);
  CHECK(asked == 3);
}

TEST_CASE("a no is an answer, and no question outlasts its time", "[io]") {
  int asked = 0;
  const auto refused = AskUntilAnswered(60'000, [&](int) -> absl::StatusOr<int> {
    ++asked;
    return absl::NotFoundError("no such topic");
  });
  CHECK(absl::IsNotFound(refused.status()));
  CHECK(asked == 1);

  const auto late = AskUntilAnswered(1, [&](int) -> absl::StatusOr<int> {
    ++asked;
    return absl::UnavailableError("the broker is away");
  });
  CHECK(absl::IsUnavailable(late.status()));
  CHECK(asked == 2);
}

TEST_CASE("an attempt takes part of the time only, and one that timed out is made again", "[io]") {
  int asked = 0;
  const auto answer = AskUntilAnswered(60'000, [&](int left_ms) -> absl::StatusOr<int> {
    CHECK(left_ms <= kAttemptMs);
    if (++asked < 2) return absl::DeadlineExceededError("the broker hangs");
    return 7;
  });
  CHECK(answer.ok());
  CHECK(asked == 2);

  const auto late = AskUntilAnswered(1, [&](int) -> absl::StatusOr<int> {
    ++asked;
    return absl::DeadlineExceededError("the broker hangs");
  });
  CHECK(absl::IsDeadlineExceeded(late.status()));
  CHECK(asked == 3);
}
