/// Signals: names, numbers, default actions, sets.
/// Source: POSIX <signal.h>; numbers are Linux's on x86-64.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

// clang-format off
#define NACRE_SIGNAL_LIST(X)                                                     \
  X(HUP, 1, Term, "Hangup") X(INT, 2, Term, "Interrupt") X(QUIT, 3, Core, "Quit")        \
  X(ILL, 4, Core, "Illegal instruction") X(TRAP, 5, Core, "Trace/breakpoint trap")       \
  X(ABRT, 6, Core, "Aborted") X(BUS, 7, Core, "Bus error")                               \
  X(FPE, 8, Core, "Floating point exception") X(KILL, 9, Term, "Killed")                 \
  X(USR1, 10, Term, "User defined signal 1") X(SEGV, 11, Core, "Segmentation fault")     \
  X(USR2, 12, Term, "User defined signal 2") X(PIPE, 13, Term, "Broken pipe")            \
  X(ALRM, 14, Term, "Alarm clock") X(TERM, 15, Term, "Terminated")                       \
  X(STKFLT, 16, Term, "Stack fault") X(CHLD, 17, Ignore, "Child exited")                 \
  X(CONT, 18, Continue, "Continued") X(STOP, 19, Stop, "Stopped (signal)")               \
  X(TSTP, 20, Stop, "Stopped") X(TTIN, 21, Stop, "Stopped (tty input)")                  \
  X(TTOU, 22, Stop, "Stopped (tty output)") X(URG, 23, Ignore, "Urgent I/O condition")   \
  X(XCPU, 24, Core, "CPU time limit exceeded") X(XFSZ, 25, Core, "File size limit exceeded") \
  X(VTALRM, 26, Term, "Virtual timer expired") X(PROF, 27, Term, "Profiling timer expired")  \
  X(WINCH, 28, Ignore, "Window changed") X(IO, 29, Term, "I/O possible")                 \
  X(PWR, 30, Term, "Power failure") X(SYS, 31, Core, "Bad system call")
// clang-format on

enum Signal : int {
  kSigNone = 0,
#define X(name, number, action, text) kSig##name = number,
  NACRE_SIGNAL_LIST(X)
#undef X
      kSigRtMin = 34,
  kSigRtMax = 64,
  kSigCount = 65,
};

enum class SignalDefault : uint8_t { Term, Core, Ignore, Stop, Continue };
SignalDefault default_action(int sig);

/// "HUP", "RTMIN+3"; "" for an unknown number (32 and 33 have no name, as in bash's `kill -l`).
std::string signal_name(int sig);
/// Number of "HUP", "SIGHUP" (any case) or "1"; -1 if there is none. 0 only for "0".
int signal_number(std::string_view name);
/// strsignal(): "Terminated".
std::string signal_text(int sig);

/// What a process does with a signal. Catch: it is noted, and interrupts a wait;
/// the program asks for it with Process::take_caught_signal().
enum class SignalAction : uint8_t { Default, Ignore, Catch };

class SignalSet {
 public:
  void add(int sig) { bits_ |= bit(sig); }
  void remove(int sig) { bits_ &= ~bit(sig); }
  bool has(int sig) const { return bits_ & bit(sig); }
  bool empty() const { return bits_ == 0; }
  void clear() { bits_ = 0; }
  uint64_t bits() const { return bits_; }
  SignalSet without(SignalSet other) const {
    SignalSet left;
    left.bits_ = bits_ & ~other.bits_;
    return left;
  }
  /// Lowest member, 0 if empty.
  int first() const { return bits_ ? __builtin_ctzll(bits_) + 1 : 0; }

 private:
  static uint64_t bit(int sig) { return 1ull << (sig - 1); }
  uint64_t bits_ = 0;
};

}  // namespace nacre
