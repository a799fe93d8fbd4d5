#include "commands/text_io.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/grow.h"
#include "commands/quoting.h"

namespace nacre {

Input::Input(Process& p, int fd, std::string name, bool owned) : p_(p), fd_(fd), owned_(owned), name_(std::move(name)) {}

Input::~Input() {
  if (charged_) p_.release_memory(charged_);
  if (owned_ && fd_ > 2) (void)p_.close(fd_);
}

void Input::reserve(size_t n) {
  if (n <= capacity_) return;
  size_t capacity = std::max(n, capacity_ * 2);
  if (capacity > kBlock) {
    p_.charge_memory(capacity - capacity_);
    charged_ += capacity - capacity_;
  }
  auto bigger = make_buffer(capacity);
  for (size_t at = begin_; at < end_; at += kGrowthSlice) {
    if (at > begin_) p_.tick(kGrowthSlice / 1024);
    std::memcpy(bigger.get() + (at - begin_), buffer_.get() + at, std::min(kGrowthSlice, end_ - at));
  }
  buffer_ = std::move(bigger);
  capacity_ = capacity;
  end_ -= begin_;
  begin_ = 0;
}

// Appends what one read gives. False at the end and on errors.
bool Input::fill() {
  if (at_end_) return false;
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == capacity_) {
    if (begin_ > 0 && end_ - begin_ <= capacity_ / 2) {
      std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    } else {
      reserve(std::max(kBlock, (end_ - begin_) * 2));
    }
  }
  // A file would give all of it in one go, and the run could not be ended meanwhile.
  auto n = p_.read(fd_, {buffer_.get() + end_, bytewise_ ? 1 : std::min(capacity_ - end_, 8 * kGrowthSlice)});
  if (!n) {
    if (n.error() == Errno::INTR) return fill();
    error_ = n.error();
  }
  if (!n || *n == 0) {
    at_end_ = true;
    return false;
  }
  end_ += *n;
  p_.tick(static_cast<uint32_t>(1 + *n / 1024));
  return true;
}

bool Input::next_line_slow(std::string_view& line, char delimiter) {
  size_t searched = 0;
  for (;;) {
    const char* from = buffer_.get() + begin_;
    if (const void* hit = begin_ + searched < end_ ? find(from + searched, delimiter, end_ - begin_ - searched) : nullptr) {
      size_t n = static_cast<size_t>(static_cast<const char*>(hit) - from);
      line = {from, n};
      begin_ += n + 1;
      terminated_ = true;
      return true;
    }
    searched = end_ - begin_;
    if (fill()) continue;
    if (begin_ == end_) return false;
    line = {buffer_.get() + begin_, end_ - begin_};
    begin_ = end_;
    terminated_ = false;
    return true;
  }
}

bool Input::more() { return begin_ < end_ || fill(); }

std::string_view Input::block() {
  if (begin_ == end_) fill();
  return {buffer_.get() + begin_, end_ - begin_};
}

std::string_view Input::block(size_t n) {
  while (end_ - begin_ < n) {
    if (capacity_ - begin_ < n) reserve(std::max(n, kBlock));
    if (!fill()) break;
  }
  return {buffer_.get() + begin_, end_ - begin_};
}

std::string_view Input::all() {
  // What is left of a regular file is known: no growing, no copying.
  const auto st = p_.fstat(fd_);
  const auto at = st && st->is_regular() && !at_end_ ? p_.lseek(fd_, 0, Whence::Current) : Result<uint64_t>(Errno::SPIPE);
  if (at && st->size > *at) reserve(end_ - begin_ + static_cast<size_t>(st->size - *at) + 1);
  while (fill()) {
  }
  return {buffer_.get() + begin_, end_ - begin_};
}

void Input::give_back() {
  if (begin_ == end_) return;
  if (p_.lseek(fd_, -static_cast<int64_t>(end_ - begin_), Whence::Current)) begin_ = end_ = 0;
}

// What stdbuf asked for: "L" or "0".
static bool wants_lines(Process& p, int fd) {
  const char* mode = fd == 1 ? p.getenv("_STDBUF_O") : fd == 2 ? p.getenv("_STDBUF_E") : nullptr;
  return mode && (*mode == 'L' || *mode == '0') && !mode[1];
}

Output::Output(Process& p, int fd, int error_status)
    : p_(p), fd_(fd), error_status_(error_status), per_line_(p.isatty(fd) || wants_lines(p, fd)), buffer_(make_buffer(kBlockBytes)) {}

void Output::send(std::string_view s) {
  if (s.empty()) return;
  auto done = p_.write(fd_, s);
  if (done) return;
  p_.warn(done.error(), "write error");
  p_.exit(error_status_);
}

void Output::flush() {
  size_t n = std::exchange(used_, 0);
  if (n) send({buffer_.get(), n});
}

void Output::write_slow(std::string_view s) {
  flush();
  if (s.size() >= kBlock) return send(s);
  write(s);
}

void Output::after_line(std::string_view s) {
  if (s.find('\n') != std::string_view::npos) flush();
}

void Output::format(const char* fmt, ...) {
  char small[512];
  va_list args;
  va_start(args, fmt);
  va_list again;
  va_copy(again, args);
  int n = std::vsnprintf(small, sizeof small, fmt, args);
  va_end(args);
  if (n >= static_cast<int>(sizeof small)) {
    std::string big(static_cast<size_t>(n), 0);
    std::vsnprintf(big.data(), big.size() + 1, fmt, again);
    write(big);
  } else if (n > 0) {
    write({small, static_cast<size_t>(n)});
  }
  va_end(again);
}

void Output::number(int64_t n) {
  char text[24];
  char* end = text + sizeof text;
  char* at = end;
  uint64_t u = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  do {
    *--at = static_cast<char>('0' + u % 10);
    u /= 10;
  } while (u);
  if (n < 0) *--at = '-';
  write({at, static_cast<size_t>(end - at)});
}

int Output::finish(int status) {
  flush();
  return status;
}

std::unique_ptr<Input> open_input(Process& p, const std::string& file) {
  if (file == "-") return std::make_unique<Input>(p, 0, "-", false);
  auto fd = p.open(file, kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "%s", quote_name(p, file).c_str());
    return nullptr;
  }
  return std::make_unique<Input>(p, *fd, file);
}

bool report_read_error(Process& p, const Input& in) {
  if (in.error() == Errno::OK) return false;
  p.warn(in.error(), "%s", quote_name(p, in.name()).c_str());
  return true;
}

int for_each_input(Process& p, const std::vector<std::string>& files, const std::function<bool(Input&)>& fn) {
  static const std::vector<std::string> kStdin = {"-"};
  int status = 0;
  for (const auto& file : files.empty() ? kStdin : files) {
    auto in = open_input(p, file);
    if (!in || !fn(*in)) status = 1;
    if (in && report_read_error(p, *in)) status = 1;
  }
  return status;
}

Result<std::string> read_file(Process& p, const std::string& file) {
  int fd = 0;
  if (file != "-") {
    NACRE_TRY(fd, p.open(file, kOpenRead));
  }
  std::string text;
  char block[4096];
  for (;;) {
    auto n = p.read(fd, block);
    if (!n || *n == 0) {
      if (fd != 0) (void)p.close(fd);
      if (!n) return n.error();
      return text;
    }
    text.append(block, *n);
  }
}

void write_error(Process& p, std::string_view text) { (void)p.write(2, text); }

}  // namespace nacre
