#include "algo/charset.h"

#include <iconv.h>
#include <locale.h>

#include <cerrno>

#include "algo/unicode.h"

namespace nacre {
namespace {

// Letters, digits and the punctuation of charset names; options behind a double slash.
bool fine_name(std::string_view s) {
  size_t options = s.find("//");
  for (char c : s.substr(0, options))
    if (!ascii_alnum(c) && std::string_view("-_.:()+").find(c) == std::string_view::npos) return false;
  if (options == std::string_view::npos) return true;
  for (char c : s.substr(options))
    if (!ascii_alpha(c) && c != '/' && c != ',') return false;
  return true;
}

/// UTF-8 while it lives, for this thread: //TRANSLIT goes by the locale.
class Utf8Locale {
 public:
  Utf8Locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8) old_ = uselocale(utf8);
  }
  ~Utf8Locale() {
    if (old_) uselocale(old_);
  }

 private:
  locale_t old_ = nullptr;
};

}  // namespace

std::unique_ptr<CharsetConverter> CharsetConverter::open(const std::string& to, const std::string& from) {
  if (!fine_name(to) || !fine_name(from)) return nullptr;
  Utf8Locale locale;
  iconv_t handle = iconv_open(to.c_str(), from.c_str());
  if (handle == reinterpret_cast<iconv_t>(-1)) return nullptr;
  return std::unique_ptr<CharsetConverter>(new CharsetConverter(handle));
}

CharsetConverter::~CharsetConverter() { iconv_close(static_cast<iconv_t>(handle_)); }

CharsetConverter::Status CharsetConverter::convert(std::string_view& in, std::span<char>& room) {
  Utf8Locale locale;
  Status status = Status::Done;
  while (!in.empty()) {
    char* from = const_cast<char*>(in.data());
    char* to = room.data();
    size_t left = in.size(), free = room.size();
    const size_t n = iconv(static_cast<iconv_t>(handle_), &from, &left, &to, &free);
    const int error = errno;
    in = in.substr(in.size() - left);
    room = room.last(free);
    if (n != static_cast<size_t>(-1)) continue;
    if (error == E2BIG) return Status::Full;
    if (error == EINVAL) return Status::Incomplete;
    status = Status::Illegal;
    if (!in.empty()) return status;
  }
  return status;
}

CharsetConverter::Status CharsetConverter::convert(std::string_view& in, std::string& out) {
  char block[16384];
  while (true) {
    std::span<char> room(block);
    const size_t before = in.size();
    const Status status = convert(in, room);
    const size_t made = sizeof block - room.size();
    out.append(block, made);
    if (status != Status::Full) return status;
    if (made == 0 && in.size() == before) return Status::Illegal;
  }
}

void CharsetConverter::finish(std::string& out) {
  Utf8Locale locale;
  char block[256];
  char* to = block;
  size_t room = sizeof block;
  iconv(static_cast<iconv_t>(handle_), nullptr, nullptr, &to, &room);
  out.append(block, sizeof block - room);
}

}  // namespace nacre
