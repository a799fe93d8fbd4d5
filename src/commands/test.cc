/// test, [ - check file types and compare values. (bash has its own builtins.)
/// Source: GNU coreutils 9 manual, "test invocation"; POSIX XCU test.
/// Differs: none known.
#include "algo/test_expr.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: test EXPRESSION\n  or:  test\n  or:  [ EXPRESSION ]\n  or:  [ ]\n  or:  [ OPTION\n"
    "Exit with the status determined by EXPRESSION.\n\n"
    "  ( E )  ! E  E1 -a E2  E1 -o E2\n"
    "  -n S, S   the length of S is nonzero       -z S  it is zero\n"
    "  S = T  S != T   equality of strings\n"
    "  M -eq N  -ne -lt -le -gt -ge   comparison of integers\n"
    "  F -ef G  the same file   F -nt G  newer   F -ot G  older\n"
    "  -b -c -d -e -f -g -G -h -k -L -N -O -p -r -s -S -u -w -x FILE   tests of files\n"
    "  -t FD    FD is a terminal\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

class ProcessTestHost : public TestHost {
 public:
  explicit ProcessTestHost(Process& p) : p_(p) {}
  bool stat(std::string_view path, bool follow, FileFacts& out) override {
    auto st = follow ? p_.stat(path) : p_.lstat(path);
    if (!st) return false;
    out.type = "-dlpcbs"[static_cast<int>(st->type)];
    out.mode = st->mode;
    out.uid = st->uid;
    out.gid = st->gid;
    out.size = st->size;
    out.dev = st->dev;
    out.ino = st->ino;
    out.mtime_sec = st->mtime.sec;
    out.mtime_nsec = st->mtime.nsec;
    out.atime_sec = st->atime.sec;
    out.atime_nsec = st->atime.nsec;
    return true;
  }
  bool access(std::string_view path, uint32_t bits) override { return p_.access(path, bits).ok(); }
  bool is_terminal(int fd) override { return p_.isatty(fd); }
  uint32_t uid() override { return p_.credentials().uid; }
  uint32_t gid() override { return p_.credentials().gid; }

 private:
  Process& p_;
};

int test_main(Process& p) {
  const auto& argv = p.argv();
  std::vector<std::string_view> args(argv.begin() + 1, argv.end());
  if (p.name() == "[") {
    if (args.size() == 1 && (args[0] == "--help" || args[0] == "--version")) {
      std::vector<std::string> none;
      return parse_plain(p, kUsage, none).value_or(0);
    }
    if (args.empty() || args.back() != "]") {
      p.warn("missing %s", p.utf8() ? "‘]’" : "']'");
      return 2;
    }
    args.pop_back();
  }
  ProcessTestHost host(p);
  TestOutcome outcome = evaluate_test(host, args, false, p.utf8());
  if (!outcome.message.empty()) p.warn("%s", outcome.message.c_str());
  return outcome.status;
}

}  // namespace

Command test_command() { return {{"test", "["}, kUsage, test_main}; }

}  // namespace nacre
