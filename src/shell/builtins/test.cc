/// test, [ - evaluate a conditional expression.
/// Source: bash manual 4.1 and 6.4; POSIX XCU test.
#include "shell/test_host.h"

namespace nacre {
namespace {

int evaluate(Shell& sh, const std::vector<std::string>& words, size_t count) {
  std::vector<std::string_view> operands(words.begin() + 1, words.begin() + static_cast<ptrdiff_t>(count));
  ShellTestHost host(sh);
  TestOutcome outcome = evaluate_test(host, operands, true, sh.expander().utf8());
  if (!outcome.message.empty()) sh.builtin_error(outcome.message);
  return outcome.status;
}

int run_test(Shell& sh, Args& args) { return evaluate(sh, args.words, args.size()); }

int run_bracket(Shell& sh, Args& args) {
  if (args.size() < 2 || args.words.back() != "]") {
    sh.builtin_error("missing `]'");
    return 2;
  }
  return evaluate(sh, args.words, args.size() - 1);
}

}  // namespace

Builtin test_builtin() {
  return {"test", run_test, 0, "test [expr]",
          "Evaluates a conditional expression: status 0 if true, 1 if false, 2 if it makes no sense.\n"
          "Files:    -a -b -c -d -e -f -g -h -k -L -N -O -G -p -r -s -S -u -w -x FILE; F -nt F, F -ot F, F -ef F; -t FD\n"
          "Strings:  -n S, S, -z S; S = T, S == T, S != T, S < T, S > T\n"
          "Numbers:  M -eq N, -ne, -lt, -le, -gt, -ge\n"
          "Shell:    -v VAR is set, -R VAR is a nameref, -o OPTION is on\n"
          "Combined: ! E, ( E ), E -a E, E -o E"};
}

Builtin bracket_builtin() { return {"[", run_bracket, 0, "[ arg... ]", "As test, but the last argument must be ]."}; }

}  // namespace nacre
