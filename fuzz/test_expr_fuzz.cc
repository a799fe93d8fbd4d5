// test and [: each line is an argument; both flavours.
#include "algo/test_expr.h"
#include "driver.h"

namespace {
struct NoFiles : nacre::TestHost {
  bool stat(std::string_view path, bool, nacre::FileFacts&) override { return path == "f"; }
  bool access(std::string_view path, uint32_t) override { return path == "f"; }
  bool is_terminal(int fd) override { return fd == 0; }
  uint32_t uid() override { return 1; }
  uint32_t gid() override { return 1; }
};
}  // namespace

FUZZ_TARGET(text) {
  NoFiles host;
  bool bash = nacre::fuzz::take_byte(text) & 1;
  auto outcome = nacre::evaluate_test(host, nacre::fuzz::lines(text), bash);
  if (outcome.status < 0 || outcome.status > 2 || (outcome.status == 2) == outcome.message.empty()) __builtin_trap();
}
