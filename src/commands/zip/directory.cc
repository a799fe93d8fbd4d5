#include "commands/zip/directory.h"

#include <algorithm>

#include "commands/text_io.h"

namespace nacre {
namespace {

uint32_t get16(std::string_view s, size_t at) { return static_cast<unsigned char>(s[at]) | static_cast<uint32_t>(static_cast<unsigned char>(s[at + 1])) << 8; }
uint32_t get32(std::string_view s, size_t at) { return get16(s, at) | get16(s, at + 2) << 16; }
uint64_t get64(std::string_view s, size_t at) { return get32(s, at) | static_cast<uint64_t>(get32(s, at + 4)) << 32; }

Result<std::string> read_at(Process& p, int fd, uint64_t offset, size_t size) {
  std::string out(size, '\0');
  size_t have = 0;
  while (have < size) {
    NACRE_TRY(size_t n, p.pread(fd, std::span<char>(out.data() + have, size - have), offset + have));
    if (n == 0) break;
    have += n;
    p.tick(1 + static_cast<uint32_t>(n / 4096));
  }
  out.resize(have);
  return out;
}

// The fields that say more: sizes above 4 GiB, and Unix times.
void read_extra(ZipEntry& e) {
  std::string_view x = e.extra;
  while (x.size() >= 4) {
    uint32_t id = get16(x, 0), size = get16(x, 2);
    if (size > x.size() - 4) return;
    std::string_view field = x.substr(4, size);
    if (id == 1) {
      size_t at = 0;
      for (uint64_t* v : {&e.size, &e.packed, &e.offset}) {
        if (*v != UINT32_MAX || at + 8 > field.size()) continue;
        *v = get64(field, at);
        at += 8;
      }
    } else if (id == 0x5455 && field.size() >= 5 && (field[0] & 1)) {
      e.mtime = static_cast<int32_t>(get32(field, 1));
    }
    x.remove_prefix(4 + size);
  }
}

struct End {
  uint64_t count, size, offset, at;
  std::string comment;
};

// The end record: the last one whose comment fits, and zip64's if there is one.
Result<End> find_end(Process& p, int fd, uint64_t file_size) {
  size_t tail = static_cast<size_t>(std::min<uint64_t>(file_size, 65557 + 20));
  NACRE_TRY(std::string text, read_at(p, fd, file_size - tail, tail));
  size_t at = text.size() < 22 ? text.npos : text.rfind("PK\5\6", text.size() - 22);
  if (at == text.npos) return Errno::INVAL;
  End end{get16(text, at + 10), get32(text, at + 12), get32(text, at + 16), file_size - tail + at, text.substr(at + 22, get16(text, at + 20))};
  bool big = end.count == 0xffff || end.size == UINT32_MAX || end.offset == UINT32_MAX;
  if (!big || at < 20 || text.compare(at - 20, 4, "PK\6\7") != 0) return end;
  NACRE_TRY(std::string record, read_at(p, fd, get64(text, at - 12), 56));
  if (record.size() < 56 || !record.starts_with("PK\6\6")) return end;
  end.count = get64(record, 32);
  end.size = get64(record, 40);
  end.offset = get64(record, 48);
  end.at = get64(text, at - 12);
  return end;
}

}  // namespace

Result<ZipDirectory> read_zip_directory(Process& p, int fd) {
  ZipDirectory dir;
  NACRE_TRY(Stat st, p.fstat(fd));
  if (!st.is_regular()) return Errno::INVAL;
  dir.size = st.size;
  NACRE_TRY(End end, find_end(p, fd, st.size));
  dir.comment = end.comment;
  // What stands before the archive moves everything.
  if (end.size <= end.at && end.at - end.size >= end.offset) dir.shift = end.at - end.size - end.offset;
  dir.start = end.offset + dir.shift;
  if (dir.start > st.size) return Errno::INVAL;
  NACRE_CHECKED(p.lseek(fd, static_cast<int64_t>(dir.start), Whence::Set));
  Input in(p, fd, "", false);
  for (uint64_t i = 0; i < end.count; i++) {
    std::string_view head = in.block(46);
    if (head.size() < 46 || !head.starts_with("PK\1\2")) {
      dir.damaged = true;
      break;
    }
    ZipEntry e;
    e.made_by = static_cast<uint16_t>(get16(head, 4));
    e.needed = static_cast<uint16_t>(get16(head, 6));
    e.flags = static_cast<uint16_t>(get16(head, 8));
    e.method = static_cast<uint16_t>(get16(head, 10));
    e.dos_time = static_cast<uint16_t>(get16(head, 12));
    e.dos_date = static_cast<uint16_t>(get16(head, 14));
    e.crc = get32(head, 16);
    e.packed = get32(head, 20);
    e.size = get32(head, 24);
    size_t name = get16(head, 28), extra = get16(head, 30), comment = get16(head, 32);
    e.internal = static_cast<uint16_t>(get16(head, 36));
    e.external = get32(head, 38);
    e.offset = get32(head, 42);
    in.consume(46);
    std::string_view rest = in.block(name + extra + comment);
    if (rest.size() < name + extra + comment) {
      dir.damaged = true;
      break;
    }
    e.name = std::string(rest.substr(0, name));
    e.extra = std::string(rest.substr(name, extra));
    e.comment = std::string(rest.substr(name + extra, comment));
    in.consume(name + extra + comment);
    read_extra(e);
    dir.entries.push_back(std::move(e));
    p.tick();
  }
  return dir;
}

Result<uint64_t> zip_data_offset(Process& p, int fd, const ZipDirectory& dir, const ZipEntry& e) {
  NACRE_TRY(std::string head, read_at(p, fd, e.offset + dir.shift, 30));
  if (head.size() < 30 || !head.starts_with("PK\3\4")) return Errno::INVAL;
  return e.offset + dir.shift + 30 + get16(head, 26) + get16(head, 28);
}

CivilTime ZipEntry::dos_civil() const {
  CivilTime t;
  t.year = 1980 + (dos_date >> 9);
  t.month = std::clamp(dos_date >> 5 & 15, 1, 12);
  t.day = std::max(dos_date & 31, 1);
  t.hour = dos_time >> 11;
  t.minute = dos_time >> 5 & 63;
  t.second = (dos_time & 31) * 2;
  return t;
}
CivilTime ZipEntry::local_time(const TimeZone& zone) const { return mtime ? zone.local(*mtime) : dos_civil(); }
int64_t ZipEntry::seconds(const TimeZone& zone) const {
  if (mtime) return *mtime;
  CivilTime t = dos_civil();
  return zone.seconds(t.year, t.month, t.day, t.hour, t.minute, t.second);
}

void set_dos_time(ZipEntry& e, int64_t seconds, const TimeZone& zone) {
  CivilTime t = zone.local(seconds + (seconds & 1));
  if (t.year < 1980) {
    e.dos_date = 1 << 5 | 1;
    e.dos_time = 0;
    return;
  }
  e.dos_date = static_cast<uint16_t>((std::min<int64_t>(t.year, 2107) - 1980) << 9 | t.month << 5 | t.day);
  e.dos_time = static_cast<uint16_t>(t.hour << 11 | t.minute << 5 | t.second / 2);
}

std::string zip_local_header(const ZipEntry& e, std::string_view extra) {
  std::string out = "PK\3\4";
  for (uint32_t v : {uint32_t{e.needed}, uint32_t{e.flags}, uint32_t{e.method}, uint32_t{e.dos_time}, uint32_t{e.dos_date}}) zip_put16(out, v);
  bool later = e.flags & 8;
  zip_put32(out, later ? 0 : e.crc);
  zip_put32(out, later ? 0 : static_cast<uint32_t>(e.packed));
  zip_put32(out, later ? 0 : static_cast<uint32_t>(e.size));
  zip_put16(out, static_cast<uint32_t>(e.name.size()));
  zip_put16(out, static_cast<uint32_t>(extra.size()));
  return out.append(e.name).append(extra);
}

std::string zip_central_record(const ZipEntry& e) {
  std::string out = "PK\1\2";
  for (uint32_t v : {uint32_t{e.made_by}, uint32_t{e.needed}, uint32_t{e.flags}, uint32_t{e.method}, uint32_t{e.dos_time}, uint32_t{e.dos_date}})
    zip_put16(out, v);
  zip_put32(out, e.crc);
  zip_put32(out, static_cast<uint32_t>(e.packed));
  zip_put32(out, static_cast<uint32_t>(e.size));
  for (size_t n : {e.name.size(), e.extra.size(), e.comment.size()}) zip_put16(out, static_cast<uint32_t>(n));
  zip_put16(out, 0);
  zip_put16(out, e.internal);
  zip_put32(out, e.external);
  zip_put32(out, static_cast<uint32_t>(e.offset));
  return out.append(e.name).append(e.extra).append(e.comment);
}

std::string zip_end_record(size_t entries, uint64_t size, uint64_t offset, std::string_view comment) {
  std::string out = "PK\5\6";
  zip_put32(out, 0);
  zip_put16(out, static_cast<uint32_t>(entries));
  zip_put16(out, static_cast<uint32_t>(entries));
  zip_put32(out, static_cast<uint32_t>(size));
  zip_put32(out, static_cast<uint32_t>(offset));
  zip_put16(out, static_cast<uint32_t>(comment.size()));
  return out.append(comment);
}

int zip_percent(uint64_t size, uint64_t packed) {
  if (size == 0) return 0;
  double part = (static_cast<double>(size) - static_cast<double>(packed)) / static_cast<double>(size) * 100;
  part = std::max(part, -1e9);   // sizes in a directory are what they say they are
  return part >= 0 ? static_cast<int>(part + 0.5) : -static_cast<int>(-part + 0.5);
}

}  // namespace nacre
