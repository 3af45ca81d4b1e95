#include "app/check_command.h"

#include <fstream>
#include <sstream>
#include <string>

#include "app/exit_codes.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace shelf;

namespace {

struct Checked {
  int exit = -1;
  std::string out, err;
};

Checked Check(const std::string& rules, bool strict = false) {
  const TempDir folder;
  const std::string file = folder.Inside("rules.yaml");
  std::ofstream(file) << rules;
  std::ostringstream out, err;
  Checked checked;
  checked.exit = RunCheck({.config = "", .sets = {}, .rules = file, .strict = strict}, out, err);
  const auto named = [&](std::string text) {
    for (size_t at; (at = text.find(file)) != std::string::npos;) {
      text.replace(at, file.size(), "FILE");
    }
    return text;
  };
  checked.out = named(out.str());
  checked.err = named(err.str());
  return checked;
}

}  // namespace

TEST_CASE("a rules file that is right is described, and nothing else", "[check]") {
  const Checked checked = Check("version: 1\nchannels: {site: {}, market: {}}\n");
  CHECK(checked.exit == kExitOk);
  CHECK(checked.err.empty());
  CHECK(checked.out ==
        "FILE: 2 channels, 0 warnings\nchannel site: 0 rules\nchannel market: 0 rules\n");
}

TEST_CASE("all errors of a rules file are printed with file, line and column", "[check]") {
  const Checked checked = Check("version: 2\nchannels: {site: {trace: maybe}}\n");
  CHECK(checked.exit == kExitBadInput);
  CHECK(checked.out.empty());
  CHECK(checked.err ==
        "FILE:1:10: error: version must be 1, not '2'\n"
        "FILE:2:26: error: trace must be true or false, not 'maybe'\n");
}

TEST_CASE("warnings fail a check that is strict, and no other", "[check]") {
  const std::string idle = "version: 1\nchannels: {site: {rules: [{id: r}]}}\n";
  CHECK(Check(idle).exit == kExitOk);
  CHECK(Check(idle).err == "FILE:2:27: warning: rule 'r' sets no stage\n");
  CHECK(Check(idle, true).exit == kExitBadInput);
  CHECK(Check(idle, true).err ==
        "FILE:2:27: warning: rule 'r' sets no stage\n"
        "FILE: refused because of its warnings (--strict)\n");
}

TEST_CASE("a rules file that cannot be read says why", "[check]") {
  const TempDir folder;
  const auto said = [](const std::string& path) {
    std::ostringstream out, err;
    CHECK(RunCheck({.config = "", .sets = {}, .rules = path, .strict = false}, out, err) ==
          kExitBadInput);
    return err.str();
  };
  const std::string missing = folder.Inside("none.yaml");
  CHECK(said(missing) == missing + ":1:1: error: cannot be read: No such file or directory\n");
  const std::string path = folder.path().string();
  CHECK(said(path) == path + ":1:1: error: cannot be read: Is a directory\n");
}
