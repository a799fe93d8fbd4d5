#include <algorithm>
#include <cstring>

#include "commands/tar/entry.h"

namespace nacre {
namespace {

std::string_view text_field(std::string_view block, size_t at, size_t size) {
  std::string_view s = block.substr(at, size);
  return s.substr(0, s.find('\0'));
}

// Octal with blanks around it, or base 256 when the first bit is set. nullopt: neither.
std::optional<int64_t> number_field(std::string_view block, size_t at, size_t size) {
  std::string_view s = block.substr(at, size);
  unsigned char first = static_cast<unsigned char>(s[0]);
  if (first & 0x80) {
    uint64_t v = first & 0x40 ? ~uint64_t{0} : 0;   // negative numbers are sign-extended
    if (!(first & 0x40)) v = first & 0x3f;
    else v = v << 6 | (first & 0x3f);
    for (unsigned char c : s.substr(1)) v = v << 8 | c;
    return static_cast<int64_t>(v);
  }
  size_t i = 0;
  while (i < s.size() && (s[i] == ' ' || s[i] == '\0')) i++;
  if (i == s.size()) return 0;
  int64_t v = 0;
  bool any = false;
  for (; i < s.size() && s[i] >= '0' && s[i] <= '7'; i++, any = true) v = v << 3 | (s[i] - '0');
  if (!any || (i < s.size() && s[i] != ' ' && s[i] != '\0')) return std::nullopt;
  return v;
}

Timespec decimal_time(std::string_view s) {
  Timespec t;
  bool negative = s.starts_with('-');
  if (negative) s.remove_prefix(1);
  size_t i = 0;
  for (; i < s.size() && s[i] >= '0' && s[i] <= '9' && t.sec < INT64_MAX / 10 - 1; i++) t.sec = t.sec * 10 + (s[i] - '0');
  int64_t nsec = 0;
  if (i < s.size() && s[i] == '.') {
    int64_t unit = 100'000'000;
    for (i++; i < s.size() && s[i] >= '0' && s[i] <= '9'; i++, unit /= 10) nsec += unit * (s[i] - '0');
  }
  if (negative) {
    t.sec = -t.sec;
    if (nsec) {
      t.sec--;
      nsec = 1'000'000'000 - nsec;
    }
  }
  t.nsec = static_cast<int32_t>(nsec);
  return t;
}

uint64_t decimal(std::string_view s) {
  uint64_t v = 0;
  for (char c : s) {
    if (c < '0' || c > '9') break;
    if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, static_cast<uint64_t>(c - '0'), &v)) return UINT64_MAX / 4;
  }
  return std::min(v, UINT64_MAX / 4);
}

}  // namespace

TarHeaderKind read_tar_header(std::string_view b, TarEntry& e) {
  if (b.find_first_not_of('\0') == b.npos) return TarHeaderKind::Zero;
  int64_t sum = 0, signed_sum = 0;
  for (size_t i = 0; i < kTarBlock; i++) {
    char c = i >= 148 && i < 156 ? ' ' : b[i];
    sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  auto stated = number_field(b, 148, 8);
  if (!stated || (*stated != sum && *stated != signed_sum)) return TarHeaderKind::Bad;
  e = TarEntry();
  e.name = std::string(text_field(b, 0, 100));
  e.mode = static_cast<Mode>(number_field(b, 100, 8).value_or(0)) & 07777;
  e.uid = static_cast<uint64_t>(number_field(b, 108, 8).value_or(0));
  e.gid = static_cast<uint64_t>(number_field(b, 116, 8).value_or(0));
  e.size = static_cast<uint64_t>(std::clamp<int64_t>(number_field(b, 124, 12).value_or(0), 0, INT64_MAX / 4));
  e.mtime.sec = number_field(b, 136, 12).value_or(0);
  e.type = b[156] ? b[156] : '0';
  e.link = std::string(text_field(b, 157, 100));
  bool ustar = b.substr(257, 6) == std::string_view("ustar\0", 6), gnu = b.substr(257, 8) == std::string_view("ustar  \0", 8);
  e.format = ustar ? TarFormat::Ustar : gnu ? TarFormat::OldGnu : TarFormat::V7;
  if (ustar || gnu) {
    e.uname = std::string(text_field(b, 265, 32));
    e.gname = std::string(text_field(b, 297, 32));
    e.major = static_cast<uint32_t>(number_field(b, 329, 8).value_or(0));
    e.minor = static_cast<uint32_t>(number_field(b, 337, 8).value_or(0));
    if (gnu && b[345]) e.old_atime = Timespec{number_field(b, 345, 12).value_or(0), 0};
  }
  if (ustar && b[345]) e.name = std::string(text_field(b, 345, 155)) + "/" + e.name;
  // Links, directories and special files have no data, whatever their size field says.
  e.stored = e.type >= '1' && e.type <= '6' ? 0 : e.size;
  return TarHeaderKind::Good;
}

uint64_t read_tar_real_size(std::string_view b) { return static_cast<uint64_t>(std::max<int64_t>(0, number_field(b, 483, 12).value_or(0))); }

bool read_tar_sparse(std::string_view b, bool header, TarEntry& e) {
  size_t at = header ? 386 : 0, count = header ? 4 : 21;
  for (size_t i = 0; i < count; i++, at += 24) {
    if (b[at] == '\0' && b[at + 12] == '\0') break;
    TarPiece piece{static_cast<uint64_t>(number_field(b, at, 12).value_or(0)), static_cast<uint64_t>(number_field(b, at + 12, 12).value_or(0))};
    e.pieces.push_back(piece);
  }
  return b[header ? 482 : 504] != 0;
}

bool read_pax_records(std::string_view text, std::map<std::string, std::string>& records) {
  std::string offset;   // GNU.sparse.offset and .numbytes come in pairs: gathered as a map
  while (!text.empty() && text[0] != '\0') {
    size_t blank = text.find(' ');
    uint64_t size = decimal(text.substr(0, blank));
    if (blank == text.npos || size <= blank + 1 || size > text.size() || text[size - 1] != '\n') return false;
    std::string_view record = text.substr(blank + 1, size - blank - 2);
    size_t eq = record.find('=');
    if (eq == record.npos) return false;
    std::string key(record.substr(0, eq)), value(record.substr(eq + 1));
    if (key == "GNU.sparse.offset") offset = value;
    else if (key == "GNU.sparse.numbytes") {
      std::string& map = records["GNU.sparse.map"];
      map += (map.empty() ? "" : ",") + offset + "," + value;
    } else records[key] = value;
    text.remove_prefix(size);
  }
  return true;
}

void apply_pax_records(const std::map<std::string, std::string>& records, TarEntry& e, bool* map_in_data) {
  auto get = [&](const char* key) {
    auto it = records.find(key);
    return it == records.end() ? nullptr : &it->second;
  };
  if (auto* v = get("path")) e.name = *v;
  if (auto* v = get("linkpath")) e.link = *v;
  if (auto* v = get("uname")) e.uname = *v;
  if (auto* v = get("gname")) e.gname = *v;
  if (auto* v = get("uid")) e.uid = decimal(*v);
  if (auto* v = get("gid")) e.gid = decimal(*v);
  if (auto* v = get("mtime")) e.mtime = decimal_time(*v);
  if (auto* v = get("atime")) e.atime = decimal_time(*v);
  if (auto* v = get("ctime")) e.ctime = decimal_time(*v);
  if (auto* v = get("size")) {
    e.size = decimal(*v);
    e.stored = e.type >= '1' && e.type <= '6' ? 0 : e.size;
  }
  if (auto* v = get("GNU.dumpdir")) e.dumpdir = *v;
  auto* major = get("GNU.sparse.major");
  auto* map = get("GNU.sparse.map");
  if (auto* v = get("GNU.sparse.name")) e.name = *v;
  auto* real = get("GNU.sparse.realsize");
  if (!real) real = get("GNU.sparse.size");
  if (real && (map || major)) {
    e.sparse = true;
    e.size = decimal(*real);
    *map_in_data = major && *major == "1";
  }
  if (!map || !e.sparse) return;
  std::string_view rest = *map;
  std::vector<uint64_t> numbers;
  while (!rest.empty()) {
    size_t comma = std::min(rest.find(','), rest.size());
    numbers.push_back(decimal(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  for (size_t i = 0; i + 1 < numbers.size(); i += 2) e.pieces.push_back({numbers[i], numbers[i + 1]});
}

}  // namespace nacre
