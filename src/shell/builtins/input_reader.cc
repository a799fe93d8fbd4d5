#include "shell/builtins/input_reader.h"

namespace nacre {

InputReader::InputReader(Shell& sh, int fd) : sh_(sh), fd_(fd) { seekable_ = sh.process().lseek(fd, 0, Whence::Current).ok(); }

InputReader::~InputReader() {
  if (at_ < size_) (void)sh_.process().lseek(fd_, -static_cast<int64_t>(size_ - at_), Whence::Current);
}

void InputReader::set_timeout(Timespec length) { deadline_ = add(sh_.process().now(Clock::Monotonic), length); }

InputReader::Got InputReader::wait_input() {
  Timespec now = sh_.process().now(Clock::Monotonic);
  bool over = now.sec > deadline_->sec || (now.sec == deadline_->sec && now.nsec >= deadline_->nsec);
  PollRequest request{fd_, kPollIn, 0};
  auto n = sh_.process().poll({&request, 1}, over ? Timespec{} : subtract(*deadline_, now));
  if (!n) return n.error() == Errno::INTR ? Got::Interrupted : Got::Byte;
  return *n == 0 ? Got::Timeout : Got::Byte;
}

InputReader::Got InputReader::fill(char* c) {
  if (deadline_) {
    if (Got g = wait_input(); g != Got::Byte) return g;
  }
  auto n = sh_.process().read(fd_, std::span<char>(block_, seekable_ ? sizeof block_ : 1));
  if (!n) {
    error_ = n.error();
    return error_ == Errno::INTR ? Got::Interrupted : Got::Error;
  }
  at_ = 0;
  size_ = *n;
  if (*n == 0) return Got::End;
  *c = block_[at_++];
  return Got::Byte;
}

std::optional<Timespec> parse_seconds(std::string_view text) {
  Timespec out{};
  size_t i = 0;
  bool any = false;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++, any = true) {
    out.sec = out.sec * 10 + (text[i] - '0');
    if (out.sec > 1'000'000'000'000) return std::nullopt;
  }
  if (i < text.size() && text[i] == '.') {
    int32_t unit = 100'000'000;
    for (i++; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++, any = true) {
      out.nsec += (text[i] - '0') * unit;
      unit /= 10;
    }
  }
  if (!any || i != text.size()) return std::nullopt;
  return out;
}

}  // namespace nacre
