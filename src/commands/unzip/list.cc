/// The listings: -l, -v and zipinfo's.
#include "algo/quote.h"
#include "commands/mode.h"
#include "commands/unzip/unzip.h"

namespace nacre {
namespace {

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
using U = unsigned long long;

std::string method_name(const ZipEntry& e) {
  static const char* const names[] = {"Stored", "Shrunk", "Reduce1", "Reduce2", "Reduce3", "Reduce4", "Implode", "Token",
                                      "Defl:#", "Def64#", "ImplDcl", "PKresrv", "BZip2",   "PKresrv", "LZMA"};
  if (e.method >= std::size(names)) return "Unk:" + std::to_string(1000 + e.method).substr(1);
  std::string name = names[e.method];
  if (e.method == 8 || e.method == 9) name.back() = "NXFS"[e.flags >> 1 & 3];
  return name;
}

std::string short_method(const ZipEntry& e) {
  static const char* const names[] = {"stor", "shrk", "re:1", "re:2", "re:3", "re:4", "i#:#", "tokn", "def#", "d64#", "dcli", "####", "bzp2", "####", "lzma"};
  if (e.method >= std::size(names)) return "u" + std::to_string(1000 + e.method).substr(1);
  std::string name = names[e.method];
  if (e.method == 8 || e.method == 9) name.back() = "NXFS"[e.flags >> 1 & 3];
  return name;
}

std::string shown(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 32) (out += '^') += static_cast<char>(c + 64);
    else out += c;
  }
  return out;
}

}  // namespace

void Unzip::list() {
  if (o_.quiet < 2)
    out_.write(o_.lower ? "  Length      Date    Time    Name (\"^\" ==> case\n---------  ---------- -----   ----   conversion)\n"
                        : "  Length      Date    Time    Name\n---------  ---------- -----   ----\n");
  uint64_t total = 0, count = 0;
  for (const auto& e : dir_.entries) {
    p_.tick();
    if (!wanted(e)) continue;
    CivilTime t = e.local_time(zone_);
    out_.format("%9llu  %04lld-%02d-%02d %02d:%02d  %c", static_cast<U>(e.size), static_cast<long long>(t.year), t.month, t.day, t.hour, t.minute,
                marks_case(e) ? '^' : ' ');
    out_.line(shown(e.name));
    if (!e.comment.empty()) out_.line(shown(e.comment));
    total += e.size;
    count++;
  }
  if (o_.quiet < 2)
    out_.format("---------                     -------\n%9llu                     %llu file%s\n", static_cast<U>(total), static_cast<U>(count),
                count == 1 ? "" : "s");
  if (count == 0) raise(11);
}

void Unzip::list_verbose() {
  if (o_.quiet < 2)
    out_.write(" Length   Method    Size  Cmpr    Date    Time   CRC-32   Name\n--------  ------  ------- ---- ---------- ----- --------  ----\n");
  uint64_t total = 0, packed = 0, count = 0;
  for (const auto& e : dir_.entries) {
    p_.tick();
    if (!wanted(e)) continue;
    CivilTime t = e.local_time(zone_);
    uint64_t stored = e.packed - (e.encrypted() && e.packed >= 12 ? 12 : 0);
    out_.format("%8llu  %-6s %8llu %3d%% %04lld-%02d-%02d %02d:%02d %08x  ", static_cast<U>(e.size), method_name(e).c_str(), static_cast<U>(stored),
                zip_percent(e.size, stored), static_cast<long long>(t.year), t.month, t.day, t.hour, t.minute, e.crc);
    out_.line(shown(e.name));
    if (!e.comment.empty()) out_.line(shown(e.comment));
    total += e.size;
    packed += stored;
    count++;
  }
  if (o_.quiet < 2) {
    out_.format("--------          -------  ---                            -------\n%8llu         %8llu %3d%%                            %llu file%s\n",
                static_cast<U>(total), static_cast<U>(packed), zip_percent(total, packed), static_cast<U>(count), count == 1 ? "" : "s");
  }
  if (count == 0) raise(11);
}

std::string Unzip::info_line(const ZipEntry& e) {
  std::string mode;
  char text[160];
  unsigned version = e.made_by & 0xff;
  if (auto m = e.unix_mode(); m && e.system() != 0) {
    static constexpr uint32_t bits[] = {0040000, 0100000, 0120000, 0060000, 0020000, 0010000, 0140000};
    Stat st;
    st.mode = *m & 07777;
    mode = mode_text(st);
    mode[0] = '?';
    for (size_t i = 0; i < std::size(bits); i++)
      if ((*m & 0170000) == bits[i]) mode[0] = "d-lbcps"[i];
  } else {
    mode = e.is_dir() || (e.external & 0x10) ? "drwx---" : "-rw----";
    if (e.external & 1) mode[2] = '-';
    if (e.external & 0x20) mode[4] = 'a';
    if (e.external & 4) mode[5] = 's';
    if (e.external & 2) mode[6] = 'h';
    mode += "   ";
  }
  static const char* const systems[] = {"fat", "ami", "vms", "unx", "cms", "atr", "hpf", "mac", "zzz", "cpm",
                                        "t20", "ntf", "qds", "aco", "vft", "mvs", "be ", "nsk", "ths", "osx"};
  std::string system = e.system() < std::size(systems) ? systems[e.system()] : "???";
  char kind = e.is_text() ? 't' : 'b';
  if (e.encrypted()) kind = static_cast<char>(kind - 32);
  bool extra = !e.extra.empty(), later = e.flags & 8;
  char more = extra ? later ? 'X' : 'x' : later ? 'l' : '-';
  uint64_t stored = e.packed - (e.encrypted() && e.packed >= 12 ? 12 : 0);
  std::string line;
  std::snprintf(text, sizeof text, "%s  %u.%u %s %8llu %c%c ", mode.c_str(), version / 10, version % 10, system.c_str(), static_cast<U>(e.size), kind, more);
  line = text;
  if (o_.format == 'm') {
    std::snprintf(text, sizeof text, "%3d%% ", zip_percent(e.size, stored));
    line.pop_back();
    line += text;
  } else if (o_.format == 'l') {
    std::snprintf(text, sizeof text, "%8llu ", static_cast<U>(stored));
    line += text;
  }
  line += short_method(e) + " ";
  CivilTime t = e.local_time(zone_);
  if (o_.decimal_time)
    std::snprintf(text, sizeof text, "%04lld%02d%02d.%02d%02d%02d ", static_cast<long long>(t.year), t.month, t.day, t.hour, t.minute, t.second);
  else std::snprintf(text, sizeof text, "%02lld-%s-%02d %02d:%02d ", static_cast<long long>(t.year % 100), kMonths[t.month - 1], t.day, t.hour, t.minute);
  return line + text + shown(e.name);
}

void Unzip::info() {
  uint64_t total = 0, packed = 0, count = 0;
  for (const auto& e : dir_.entries) {
    p_.tick();
    if (!wanted(e)) continue;
    if (o_.format == '1' || o_.format == '2') out_.line(shown(e.name));
    else if (o_.format) out_.line(info_line(e));
    total += e.size;
    packed += e.packed - (e.encrypted() && e.packed >= 12 ? 12 : 0);
    count++;
  }
  if (count == 0) raise(11);
  for (size_t i = 0; i < o_.names.size(); i++) {
    if (found_[i]) continue;
    out_.flush();
    write_error(p_, "caution: filename not matched:  " + o_.names[i] + "\n");
  }
  if (!o_.totals) return;
  double part = total ? 100 * (static_cast<double>(total) - static_cast<double>(packed)) / static_cast<double>(total) : 0;
  out_.format("%llu file%s, %llu bytes uncompressed, %llu bytes compressed:  %.1f%%\n", static_cast<U>(count), count == 1 ? "" : "s", static_cast<U>(total),
              static_cast<U>(packed), part);
}

}  // namespace nacre
