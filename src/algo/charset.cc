#include "algo/charset.h"

#include <iconv.h>
#include <locale.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "algo/ascii_runs.h"
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

std::unique_ptr<CharsetConverter> CharsetConverter::open(const std::string& to, const std::string& from, bool whole_calls) {
  if (!fine_name(to) || !fine_name(from)) return nullptr;
  Utf8Locale locale;
  iconv_t handle = iconv_open(to.c_str(), from.c_str());
  if (handle == reinterpret_cast<iconv_t>(-1)) return nullptr;
  std::string options = to.substr(std::min(to.find("//"), to.size()));
  for (char& c : options) c = ascii_upper(c);
  const bool ignores = !whole_calls && options.find("IGNORE") != options.npos;
  return std::unique_ptr<CharsetConverter>(new CharsetConverter(handle, whole_calls ? Ascii::Unknown : ascii_between(to, from), ignores));
}

// Sets in which each byte below 0x80 is that character, whatever came before.
CharsetConverter::Ascii CharsetConverter::ascii_between(const std::string& to, const std::string& from) {
  auto name = [](std::string_view s) {
    std::string out;
    for (char c : s.substr(0, s.find("//")))
      if (c != '-' && c != '_') out += ascii_upper(c);
    return out;
  };
  auto bytes = [](const std::string& s) { return s == "UTF8" || s == "ISO88591" || s == "LATIN1"; };
  const std::string source = name(from), target = name(to);
  if (!bytes(source)) return Ascii::Unknown;
  if (bytes(target)) return Ascii::Same;
  if (target == "UTF16LE") return Ascii::Little;
  if (target == "UTF16BE") return Ascii::Big;
  if (target == "UTF16") return std::endian::native == std::endian::little ? Ascii::Little : Ascii::Big;
  return Ascii::Unknown;
}

CharsetConverter::~CharsetConverter() { iconv_close(static_cast<iconv_t>(handle_)); }

// Takes ASCII from the front as far as it fits. The bytes taken.
size_t CharsetConverter::ascii_run(std::string_view in, std::span<char>& room) {
  const size_t wide = ascii_ == Ascii::Same ? 1 : 2;
  const size_t n = ascii_front(in.substr(0, room.size() / wide));
  if (wide == 1) std::copy_n(in.data(), n, room.data());
  else widen(in.data(), n, room.data(), ascii_ == Ascii::Big);
  room = room.subspan(n * wide);
  return n;
}

CharsetConverter::Status CharsetConverter::convert(std::string_view& in, std::span<char>& room) {
  Utf8Locale locale;
  while (!in.empty()) {
    size_t part = in.size();
    if (ascii_ != Ascii::Unknown) {
      in.remove_prefix(begun_ ? ascii_run(in, room) : 0);
      // With some ASCII, so that a character that is not whole is seen to be none.
      part = std::min(in.size(), begun_ ? before_ascii(in) + kAsciiStep : kAsciiStep);
      if (in.empty()) break;
    }
    char* from = const_cast<char*>(in.data());
    char* to = room.data();
    const size_t room_before = room.size();
    size_t left = part, free = room_before;
    const size_t n = iconv(static_cast<iconv_t>(handle_), &from, &left, &to, &free);
    const int error = errno;
    begun_ = begun_ || free < room_before;
    const bool all = part == in.size();
    in = in.substr(part - left);
    room = room.last(free);
    if (n != static_cast<size_t>(-1)) continue;
    if (error == E2BIG) return Status::Full;
    if (error == EINVAL && !all && left < part) continue;   // it goes on behind the part
    if (error == EINVAL) return Status::Incomplete;
    // Said when it is all done or there is no room for more.
    if (left > 0 && (!ignores_ || (left == part && free == room_before))) return Status::Illegal;
    left_out_ = true;
  }
  return std::exchange(left_out_, false) ? Status::Illegal : Status::Done;
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
  begun_ = false;
  Utf8Locale locale;
  char block[256];
  char* to = block;
  size_t room = sizeof block;
  iconv(static_cast<iconv_t>(handle_), nullptr, nullptr, &to, &room);
  out.append(block, sizeof block - room);
}

}  // namespace nacre
