/// The snapshot file of --listed-incremental.
#include "commands/tar/incremental.h"

namespace nacre {
namespace {

constexpr std::string_view kMagic = "GNU tar-";
constexpr size_t kNumberRoom = 21;   ///< characters that the longest number takes, with its sign

/// Reads numbers and names that end in NUL.
class SnapshotReader {
 public:
  SnapshotReader(std::string_view text, size_t at, std::function<void(const std::string&)> fail) : text_(text), at_(at), fail_(std::move(fail)) {}

  bool at_end() const { return at_ == text_.size(); }
  [[noreturn]] void fail(const std::string& what) {
    fail_("byte " + std::to_string(at_) + ": " + what);
    __builtin_unreachable();
  }
  [[noreturn]] void ends_early() {
    fail_("Unexpected EOF in snapshot file");
    __builtin_unreachable();
  }

  int64_t signed_number(const char* what, int64_t min, int64_t max) {
    const std::string digits = number(what, true);
    errno = 0;
    const long long v = std::strtoll(digits.c_str(), nullptr, 10);
    if (errno == 0 && v >= min && v <= max) return v;
    fail("(valid range " + std::to_string(min) + ".." + std::to_string(max) + ")\n\t" + what + " " + digits + ": " + std::string(message(Errno::RANGE)));
  }
  uint64_t unsigned_number(const char* what) {
    const std::string digits = number(what, false);
    errno = 0;
    const unsigned long long v = std::strtoull(digits.c_str(), nullptr, 10);
    if (errno == 0) return v;
    fail("(valid range 0.." + std::to_string(UINT64_MAX) + ")\n\t" + what + " " + digits + ": " + std::string(message(Errno::RANGE)));
  }
  std::string_view text() {
    const size_t end = text_.find('\0', at_);
    if (end == text_.npos) {
      at_ = text_.size();
      fail("Missing record terminator");
    }
    const std::string_view s = text_.substr(at_, end - at_);
    at_ = end + 1;
    return s;
  }
  // The second NUL after a list of names.
  void end_record() {
    const bool good = at_ < text_.size() && text_[at_] == '\0';
    if (at_ < text_.size()) at_++;
    if (!good) fail("Missing record terminator");
  }

 private:
  std::string number(const char* what, bool sign) {
    std::string digits;
    while (true) {
      if (at_end()) ends_early();
      const char c = text_[at_++];
      if (c == '\0') break;
      const bool good = (c >= '0' && c <= '9') || (c == '-' && digits.empty());
      if (!good) {
        char hex[8];
        std::snprintf(hex, sizeof hex, "0x%02x", static_cast<unsigned char>(c));
        fail(std::string(what) + " " + digits + " followed by invalid byte " + hex);
      }
      digits += c;
      if (digits.size() == kNumberRoom) fail(std::string(what) + " " + digits + "... too long");
    }
    if (digits.empty() || digits == "-" || (!sign && digits[0] == '-')) fail(std::string(what) + " " + digits + ": " + std::string(message(Errno::INVAL)));
    return digits;
  }

  std::string_view text_;
  size_t at_;
  std::function<void(const std::string&)> fail_;
};

}  // namespace

void TarIncremental::fail(const std::string& text) { tar_.fatal(tar_.shown(*tar_.o.snapshot, true) + ":" + text); }

void TarIncremental::read() {
  if (!tar_.o.snapshot) return;
  const std::string& name = *tar_.o.snapshot;
  auto fd = p_.open(name, kOpenReadWrite | kOpenCreate | (tar_.o.level == 0 ? kOpenTruncate : 0U), 0666);
  if (!fd) return tar_.error(name, "open", fd.error());
  fd_ = *fd;
  std::string text;
  Input in(p_, fd_, name, false);
  for (std::string_view s = in.block(); !s.empty(); s = in.block()) {
    text += s;
    in.consume(s.size());
    p_.tick();
  }
  if (!text.empty()) parse(text);
}

void TarIncremental::parse(std::string_view text) {
  size_t at = text.find('\n');
  const std::string_view line = text.substr(0, at);
  at = std::min(text.size(), at == text.npos ? at : at + 1);
  uint64_t version = 0;
  bool bare = true;
  if (line.starts_with(kMagic)) {
    const size_t dash = line.find('-', kMagic.size());
    if (dash == line.npos) {
      tar_.warn("Bad incremental file format");
      p_.exit(1);
    }
    version = std::strtoull(std::string(line.substr(dash + 1)).c_str(), nullptr, 10);
    bare = false;
  }
  if (version > 2) {
    tar_.warn("Unsupported incremental format version: " + std::to_string(version));
    p_.exit(1);
  }
  if (version < 2) {
    // The old formats are lines of text; of directories nothing can be told from them.
    std::string_view time = line;
    size_t number = 1;
    if (!bare) {
      const size_t end = text.find('\n', at);
      time = text.substr(at, end - at);
      at = std::min(text.size(), end == text.npos ? end : end + 1);
      number = 2;
    }
    char* end = nullptr;
    const std::string digits(time);
    const long long sec = std::strtoll(digits.c_str(), &end, 10);
    if (end == digits.c_str()) fail(std::to_string(number) + ": Invalid time stamp: " + std::string(message(Errno::INVAL)));
    since_ = {sec, 0};
    if (at < text.size()) fail(std::to_string(number + 1) + ": Invalid device number: " + std::string(message(Errno::INVAL)));
    return;
  }
  SnapshotReader in(text, at, [this](const std::string& what) { fail(" " + what); });
  constexpr int64_t kMin = INT64_MIN, kMax = INT64_MAX, kNano = 999'999'999;
  since_.sec = in.signed_number("sec", kMin, kMax);
  since_.nsec = static_cast<int32_t>(in.signed_number("nsec", 0, kNano));
  while (!in.at_end()) {
    Old& old = old_.emplace_back();
    (void)in.signed_number("nfs", 0, 1);
    (void)in.signed_number("sec", kMin, kMax);
    (void)in.signed_number("nsec", 0, kNano);
    old.dev = in.unsigned_number("dev");
    old.ino = in.unsigned_number("ino");
    old.name = old.shown = old.current = in.text();
    for (std::string_view entry = in.text(); !entry.empty(); entry = in.text()) (old.dumpdir += entry) += '\0';
    in.end_record();
    by_key_[key(old.name)] = &old;
    by_inode_[{tar_.o.check_device ? old.dev : 0, old.ino}] = &old;
    p_.tick();
  }
}

void TarIncremental::write() {
  if (fd_ < 0) return;
  std::string text = "GNU tar-1.34-2\n";
  auto put = [&](const auto& v) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(v)>>) text += std::to_string(v);
    else text += v;
    text += '\0';
  };
  put(start_.sec);
  put(start_.nsec);
  for (const auto& [name, found] : found_) {
    put(0);
    put(found.st.mtime.sec);
    put(found.st.mtime.nsec);
    put(found.st.dev);
    put(found.st.ino);
    put(name);
    text += found.dumpdir;
    text.append(2, '\0');
    p_.tick();
  }
  const std::string& name = *tar_.o.snapshot;
  (void)p_.lseek(fd_, 0, Whence::Set);
  if (auto done = p_.ftruncate(fd_, 0); !done) return tar_.error(name, "truncate", done.error());
  if (auto done = p_.write(fd_, text); !done) return tar_.error(name, "write", done.error());
  (void)p_.close(fd_);
}

}  // namespace nacre
