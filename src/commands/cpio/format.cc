#include "commands/cpio/format.h"

#include <cstdio>

#include "commands/tar/entry.h"

namespace nacre {
namespace {

std::optional<uint64_t> number(std::string_view s, unsigned base) {
  uint64_t v = 0;
  bool any = false;
  for (char c : s) {
    unsigned d = c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? static_cast<unsigned>((c | 32) - 'a') + 10 : 99;
    if (d >= base) {
      if (c == ' ' || c == '\0') continue;
      return std::nullopt;
    }
    v = v * base + d;
    any = true;
  }
  return any ? std::optional<uint64_t>(v) : 0;
}

bool read_fields(std::string_view bytes, size_t at, std::initializer_list<std::pair<size_t, uint64_t*>> fields, unsigned base) {
  for (const auto& [width, to] : fields) {
    auto v = number(bytes.substr(at, width), base);
    if (!v) return false;
    *to = *v;
    at += width;
  }
  return true;
}

bool read_bin(std::string_view b, bool swapped, CpioEntry& e, size_t* name_size) {
  auto half = [&](size_t i) {
    unsigned low = static_cast<unsigned char>(b[2 * i + swapped]), high = static_cast<unsigned char>(b[2 * i + !swapped]);
    return low | high << 8;
  };
  e.dev_major = half(1) >> 8;
  e.dev_minor = half(1) & 255;
  e.ino = half(2);
  e.mode = half(3);
  e.uid = half(4);
  e.gid = half(5);
  e.nlink = half(6);
  e.rdev_major = half(7) >> 8;
  e.rdev_minor = half(7) & 255;
  e.mtime = static_cast<int64_t>(static_cast<uint64_t>(half(8)) << 16 | half(9));
  *name_size = half(10);
  e.size = static_cast<uint64_t>(half(11)) << 16 | half(12);
  return true;
}

std::string write_bin(const CpioEntry& e) {
  std::string out;
  auto half = [&](uint64_t v) { (out += static_cast<char>(v)) += static_cast<char>(v >> 8); };
  uint64_t mtime = static_cast<uint64_t>(e.mtime);
  for (uint64_t v : {uint64_t{070707}, e.dev_major << 8 | e.dev_minor, e.ino, uint64_t{e.mode}, e.uid, e.gid, e.nlink, e.rdev_major << 8 | e.rdev_minor,
                     mtime >> 16, mtime, uint64_t{e.name.size() + 1}, e.size >> 16, e.size})
    half(v);
  return out;
}

std::string write_odc(const CpioEntry& e) {
  char text[96];
  auto six = [](uint64_t v) { return static_cast<unsigned>(v & 0777777); };
  std::snprintf(text, sizeof text, "070707%06o%06o%06o%06o%06o%06o%06o%011llo%06o%011llo", six(e.dev_major << 8 | e.dev_minor), six(e.ino), six(e.mode),
                six(e.uid), six(e.gid), six(e.nlink), six(e.rdev_major << 8 | e.rdev_minor), static_cast<unsigned long long>(e.mtime & 077777777777),
                six(e.name.size() + 1), static_cast<unsigned long long>(e.size));
  return text;
}

std::string write_newc(const CpioEntry& e, bool crc) {
  std::string out = crc ? "070702" : "070701";
  for (uint64_t v : {e.ino, uint64_t{e.mode}, e.uid, e.gid, e.nlink, static_cast<uint64_t>(e.mtime), e.size, e.dev_major, e.dev_minor, e.rdev_major,
                     e.rdev_minor, uint64_t{e.name.size() + 1}, uint64_t{crc ? e.check : 0}}) {
    char text[12];
    std::snprintf(text, sizeof text, "%08X", static_cast<unsigned>(v));
    out += text;
  }
  return out;
}

std::string write_tar(const CpioEntry& e, bool ustar, std::string* error) {
  if (e.name == kCpioTrailer) return std::string(2 * kTarBlock, '\0');
  TarEntry t;
  t.name = e.name;
  t.link = e.link;
  t.mode = e.mode & 07777;
  t.uid = e.uid;
  t.gid = e.gid;
  t.mtime.sec = e.mtime;
  t.size = t.stored = e.hard_link || e.type() != 0100000 ? 0 : e.size;
  t.major = static_cast<uint32_t>(e.rdev_major);
  t.minor = static_cast<uint32_t>(e.rdev_minor);
  switch (e.type()) {
    case 0040000: t.type = '5'; break;
    case 0120000: t.type = '2'; break;
    case 0020000: t.type = '3'; break;
    case 0060000: t.type = '4'; break;
    case 0010000: t.type = '6'; break;
    default: t.type = e.hard_link ? '1' : '0';
  }
  return write_tar_header(t, ustar ? TarFormat::Ustar : TarFormat::V7, PaxOptions(), error);
}

}  // namespace

CpioFormat cpio_format_of(std::string_view head) {
  if (head.starts_with("070707")) return CpioFormat::Odc;
  if (head.starts_with("070701")) return CpioFormat::Newc;
  if (head.starts_with("070702")) return CpioFormat::Crc;
  if (head.starts_with("\xc7\x71")) return CpioFormat::Bin;
  if (head.starts_with("\x71\xc7")) return CpioFormat::SwappedBin;
  return CpioFormat::Unknown;
}

size_t cpio_header_size(CpioFormat f) {
  switch (f) {
    case CpioFormat::Bin:
    case CpioFormat::SwappedBin: return 26;
    case CpioFormat::Odc: return 76;
    case CpioFormat::Ustar:
    case CpioFormat::Tar: return kTarBlock;
    default: return 110;
  }
}

bool read_cpio_header(CpioFormat f, std::string_view b, CpioEntry& e, size_t* name_size) {
  if (f == CpioFormat::Bin || f == CpioFormat::SwappedBin) return read_bin(b, f == CpioFormat::SwappedBin, e, name_size);
  uint64_t mode = 0, mtime = 0, size = 0, check = 0, dev = 0, rdev = 0;
  bool good;
  if (f == CpioFormat::Odc) {
    good = read_fields(b, 6, {{6, &dev}, {6, &e.ino}, {6, &mode}, {6, &e.uid}, {6, &e.gid}, {6, &e.nlink}, {6, &rdev}, {11, &mtime}, {6, &size}, {11, &e.size}},
                       8);
    e.dev_major = dev >> 8;
    e.dev_minor = dev & 255;
    e.rdev_major = rdev >> 8;
    e.rdev_minor = rdev & 255;
  } else {
    good = read_fields(b, 6,
                       {{8, &e.ino},
                        {8, &mode},
                        {8, &e.uid},
                        {8, &e.gid},
                        {8, &e.nlink},
                        {8, &mtime},
                        {8, &e.size},
                        {8, &e.dev_major},
                        {8, &e.dev_minor},
                        {8, &e.rdev_major},
                        {8, &e.rdev_minor},
                        {8, &size},
                        {8, &check}},
                       16);
  }
  e.mode = static_cast<uint32_t>(mode);
  e.mtime = static_cast<int64_t>(mtime);
  e.check = static_cast<uint32_t>(check);
  *name_size = static_cast<size_t>(size);
  return good;
}

std::string write_cpio_header(CpioFormat f, const CpioEntry& e, std::string* error) {
  if (f == CpioFormat::Ustar || f == CpioFormat::Tar) return write_tar(e, f == CpioFormat::Ustar, error);
  bool old = f == CpioFormat::Bin || f == CpioFormat::Odc;
  uint64_t limit = f == CpioFormat::Bin ? uint64_t{1} << 31 : f == CpioFormat::Odc ? uint64_t{1} << 33 : uint64_t{1} << 32;
  if (e.size >= limit) {
    *error = "field width not sufficient for storing file size";
    return "";
  }
  if (old && e.name.size() + 1 > 0777777) {
    *error = "field width not sufficient for storing file name size";
    return "";
  }
  std::string out = f == CpioFormat::Bin ? write_bin(e) : f == CpioFormat::Odc ? write_odc(e) : write_newc(e, f == CpioFormat::Crc);
  out += e.name;
  out.append(1 + cpio_name_padding(f, e.name.size() + 1), '\0');
  return out;
}

size_t cpio_name_padding(CpioFormat f, size_t name_size) {
  if (f == CpioFormat::Bin || f == CpioFormat::SwappedBin) return name_size % 2;
  return f == CpioFormat::Newc || f == CpioFormat::Crc ? (4 - (110 + name_size) % 4) % 4 : 0;
}
size_t cpio_data_padding(CpioFormat f, uint64_t size) {
  if (f == CpioFormat::Bin || f == CpioFormat::SwappedBin) return static_cast<size_t>(size % 2);
  if (f == CpioFormat::Newc || f == CpioFormat::Crc) return static_cast<size_t>((4 - size % 4) % 4);
  return f == CpioFormat::Odc ? 0 : tar_padding(size);
}

}  // namespace nacre
