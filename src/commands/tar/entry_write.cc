#include <array>
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "algo/glob.h"
#include "commands/paths.h"
#include "commands/tar/entry.h"

namespace nacre {
namespace {

using Block = std::array<char, kTarBlock>;

void put_text(Block& b, size_t at, size_t size, std::string_view s) { std::memcpy(b.data() + at, s.data(), std::min(size, s.size())); }

// Octal, one byte of NUL; false if it does not fit.
bool put_octal(Block& b, size_t at, size_t size, uint64_t v) {
  for (size_t i = size - 1; i-- > 0; v >>= 3) b[at + i] = static_cast<char>('0' + (v & 7));
  b[at + size - 1] = '\0';
  return v == 0;
}
void put_base256(Block& b, size_t at, size_t size, int64_t v) {
  uint64_t u = static_cast<uint64_t>(v);
  for (size_t i = size; i-- > 0;) {
    b[at + i] = static_cast<char>(u);
    u = u >> 8 | (v < 0 ? uint64_t{0xff} << 56 : 0);
  }
  b[at] = v < 0 ? '\xff' : '\x80';
}
bool fits(size_t size, int64_t v) { return v >= 0 && static_cast<uint64_t>(v) >> 3 * (size - 1) == 0; }

std::string decimal_time(Timespec t) {
  std::string out = std::to_string(t.sec);
  if (t.nsec == 0) return out;
  int64_t sec = t.sec, nsec = t.nsec;
  bool negative = sec < 0;
  if (negative) {
    sec = -(sec + 1);
    nsec = 1'000'000'000 - nsec;
  }
  char text[48];
  std::snprintf(text, sizeof text, "%s%lld.%09lld", negative ? "-" : "", static_cast<long long>(sec), static_cast<long long>(nsec));
  out = text;
  while (out.back() == '0') out.pop_back();
  return out;
}

void add_record(std::string& out, const std::string& key, const std::string& value) {
  size_t bare = key.size() + value.size() + 3, size = bare + 1;
  while (size != bare + std::to_string(size).size()) size = bare + std::to_string(size).size();
  out += std::to_string(size) + " " + key + "=" + value + "\n";
}

bool ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class Writer {
 public:
  Writer(const TarEntry& e, TarFormat format, const PaxOptions& pax, std::string* error) : e_(e), format_(format), pax_(pax), error_(error) {}

  std::string run() {
    block_.fill(0);
    name_ = e_.name;
    link_ = e_.link;
    if (format_ == TarFormat::Pax) extended();
    if (!put_names() || !put_numbers()) return "";
    block_[156] = format_ == TarFormat::V7 && e_.type == '0' ? '\0' : e_.type;
    put_text(block_, 157, 100, link_);
    put_magic();
    std::string more = e_.sparse && gnu() ? put_sparse() : "";
    finish_block(block_);
    std::string out = extended_header() + long_links_;
    out.append(block_.data(), block_.size());
    return out + more;
  }

  static void finish_block(Block& b) {
    std::memset(b.data() + 148, ' ', 8);
    uint64_t sum = 0;
    for (char c : b) sum += static_cast<unsigned char>(c);
    put_octal(b, 148, 7, sum);
  }

 private:
  bool gnu() const { return format_ == TarFormat::Gnu || format_ == TarFormat::OldGnu; }
  bool fail(const std::string& why) {
    *error_ = why;
    return false;
  }

  // In the pax format the map is part of what is stored.
  uint64_t stored() const { return e_.stored + (e_.sparse && format_ == TarFormat::Pax ? tar_sparse_map(e_, format_).size() : 0); }

  // ---- names
  bool put_names() {
    size_t room = 100 - (format_ == TarFormat::OldGnu);
    if (gnu()) {
      if (link_.size() > room) long_link(link_, 'K');
      if (name_.size() > room) long_link(name_, 'L');
    } else if (format_ == TarFormat::V7) {
      if (name_.size() > 99) return fail("file name is too long (max 99); not dumped");
      if (link_.size() > 99) return fail("link name is too long; not dumped");
    } else if (link_.size() > 100) {
      return fail("link name is too long; not dumped");
    }
    std::string shown = name_;
    if (format_ == TarFormat::Ustar && name_.size() > 100) {
      if (name_.size() > 256) return fail("file name is too long (max 256); not dumped");
      size_t slash = std::min<size_t>(name_.size() - 1, 156);
      slash = name_.rfind('/', slash - (name_.size() - 1 == slash && name_.back() == '/' ? 1 : 0));
      if (slash == name_.npos || slash == 0 || slash > 155 || name_.size() - slash - 1 > 100)
        return fail("file name is too long (cannot be split); not dumped");
      put_text(block_, 345, 155, name_.substr(0, slash));
      shown = name_.substr(slash + 1);
    }
    put_text(block_, 0, gnu() ? room : 100, shown);
    return true;
  }
  void long_link(const std::string& text, char type) {
    Block b;
    b.fill(0);
    put_text(b, 0, 100, "././@LongLink");
    put_octal(b, 100, 8, 0644);
    put_octal(b, 108, 8, 0);
    put_octal(b, 116, 8, 0);
    put_octal(b, 124, 12, text.size() + 1);
    put_octal(b, 136, 12, 0);
    b[156] = type;
    put_text(b, 257, 8, std::string_view("ustar  \0", 8));
    put_text(b, 265, 32, "root");
    put_text(b, 297, 32, "root");
    finish_block(b);
    long_links_.append(b.data(), b.size());
    long_links_ += text;
    long_links_.append(1 + tar_padding(text.size() + 1), '\0');
  }

  // ---- numbers
  bool put_number(size_t at, size_t size, int64_t v, const char* what) {
    if (fits(size, v)) return put_octal(block_, at, size, static_cast<uint64_t>(v));
    if (gnu()) {
      put_base256(block_, at, size, v);
      return true;
    }
    if (format_ == TarFormat::Pax) return put_octal(block_, at, size, 0), true;
    uint64_t max = (uint64_t{1} << 3 * (size - 1)) - 1;
    return fail("value " + std::to_string(v) + " out of " + what + " range 0.." + std::to_string(max));
  }
  bool put_numbers() {
    put_octal(block_, 100, 8, e_.mode & 07777);
    if (!put_number(108, 8, static_cast<int64_t>(e_.uid), "uid_t") || !put_number(116, 8, static_cast<int64_t>(e_.gid), "gid_t")) return false;
    if (!put_number(124, 12, static_cast<int64_t>(stored()), "off_t") || !put_number(136, 12, e_.mtime.sec, "time_t")) return false;
    bool device = e_.type == '3' || e_.type == '4';
    if (e_.incremental && gnu() && (!put_number(345, 12, e_.atime->sec, "time_t") || !put_number(357, 12, e_.ctime->sec, "time_t"))) return false;
    if (device || !gnu()) {
      put_octal(block_, 329, 8, device ? e_.major : 0);
      put_octal(block_, 337, 8, device ? e_.minor : 0);
    }
    return true;
  }
  // The map of an old GNU sparse member: four pieces in the header, the rest in blocks of 21.
  std::string put_sparse() {
    auto put_piece = [](Block& b, size_t at, const TarPiece& piece) {
      put_octal(b, at, 12, piece.offset);
      put_octal(b, at + 12, 12, piece.size);
    };
    block_[156] = 'S';
    for (size_t i = 0; i < std::min<size_t>(e_.pieces.size(), 4); i++) put_piece(block_, 386 + 24 * i, e_.pieces[i]);
    block_[482] = e_.pieces.size() > 4;
    put_octal(block_, 483, 12, e_.size);
    std::string more;
    for (size_t i = 4; i < e_.pieces.size(); i += 21) {
      Block b;
      b.fill(0);
      for (size_t k = i; k < std::min(e_.pieces.size(), i + 21); k++) put_piece(b, 24 * (k - i), e_.pieces[k]);
      b[504] = e_.pieces.size() > i + 21;
      more.append(b.data(), b.size());
    }
    return more;
  }
  void put_magic() {
    if (format_ == TarFormat::V7) return;
    put_text(block_, 257, 8, gnu() ? std::string_view("ustar  \0", 8) : std::string_view("ustar\00000", 8));
    put_text(block_, 265, 31, e_.uname);
    put_text(block_, 297, 31, e_.gname);
  }

  // ---- pax
  bool wanted(const std::string& key) const {
    for (const auto& pattern : pax_.deleted)
      if (Glob::compile(pattern, 0).match(key)) return false;
    for (const auto& [k, v] : pax_.each)
      if (k == key) return false;
    for (const auto& [k, v] : pax_.global)
      if (k == key) return false;
    return true;
  }
  void record(const std::string& key, const std::string& value) {
    if (wanted(key)) add_record(records_, key, value);
  }

  void extended() {
    if (e_.sparse) {
      record("GNU.sparse.major", "1");
      record("GNU.sparse.minor", "0");
      record("GNU.sparse.name", name_);
      record("GNU.sparse.realsize", std::to_string(e_.size));
      name_ = std::string(dir_name(name_)) + "/GNUSparseFile." + std::to_string(pax_.pid) + "/" + std::string(base_name(name_));
      if (name_.size() > 100) name_.resize(100);
    }
    if (name_.size() > 100 || !ascii(name_)) {
      record("path", name_);
      if (name_.size() > 100) name_.resize(100);
    }
    if (link_.size() > 100 || !ascii(link_)) {
      record("linkpath", link_);
      if (link_.size() > 100) link_.resize(100);
    }
    if (e_.uname.size() > 31 || !ascii(e_.uname)) record("uname", e_.uname);
    if (e_.gname.size() > 31 || !ascii(e_.gname)) record("gname", e_.gname);
    if (!fits(8, static_cast<int64_t>(e_.uid))) record("uid", std::to_string(e_.uid));
    if (!fits(8, static_cast<int64_t>(e_.gid))) record("gid", std::to_string(e_.gid));
    if (!fits(12, static_cast<int64_t>(stored()))) record("size", std::to_string(stored()));
    if (e_.mtime.nsec || !fits(12, e_.mtime.sec)) record("mtime", decimal_time(e_.mtime));
    if (e_.atime) record("atime", decimal_time(*e_.atime));
    if (e_.ctime) record("ctime", decimal_time(*e_.ctime));
    if (e_.dumpdir) record("GNU.dumpdir", *e_.dumpdir);
    // Only where there is a header anyway.
    if (!records_.empty())
      for (const auto& [k, v] : pax_.each) add_record(records_, k, v);
  }

  std::string extended_header() const {
    if (records_.empty()) return "";
    std::string name;
    std::string_view full = without_trailing_slashes(e_.name);
    for (size_t i = 0; i < pax_.header_name.size(); i++) {
      char c = pax_.header_name[i], next = i + 1 < pax_.header_name.size() ? pax_.header_name[i + 1] : 0;
      if (c != '%' || !next) {
        name += c;
        continue;
      }
      i++;
      if (next == 'd') name += dir_name(full);
      else if (next == 'f') name += base_name(full);
      else if (next == 'p') name += std::to_string(pax_.pid);
      else if (next == '%') name += '%';
      else (name += c) += next;
    }
    return pax_block(name, 'x', records_, e_.mtime.sec < 0 ? 0 : static_cast<uint64_t>(e_.mtime.sec));
  }

 public:
  static std::string pax_block(const std::string& name, char type, const std::string& records, uint64_t mtime) {
    Block b;
    b.fill(0);
    put_text(b, 0, 100, name);
    put_octal(b, 100, 8, 0644);
    put_octal(b, 108, 8, 0);
    put_octal(b, 116, 8, 0);
    put_octal(b, 124, 12, records.size());
    put_octal(b, 136, 12, mtime);
    b[156] = type;
    put_text(b, 257, 8, std::string_view("ustar\00000", 8));
    finish_block(b);
    std::string out(b.data(), b.size());
    out += records;
    out.append(tar_padding(records.size()), '\0');
    return out;
  }

 private:
  const TarEntry& e_;
  TarFormat format_;
  const PaxOptions& pax_;
  std::string* error_;
  Block block_;
  std::string name_, link_, long_links_, records_;
};

}  // namespace

std::string write_tar_header(const TarEntry& entry, TarFormat format, const PaxOptions& pax, std::string* error) {
  return Writer(entry, format, pax, error).run();
}

std::string tar_sparse_map(const TarEntry& e, TarFormat format) {
  if (!e.sparse || format != TarFormat::Pax) return "";
  std::string out = std::to_string(e.pieces.size()) + "\n";
  for (const auto& piece : e.pieces) out += std::to_string(piece.offset) + "\n" + std::to_string(piece.size) + "\n";
  return out.append(tar_padding(out.size()), '\0');
}

std::string write_tar_global(const PaxOptions& pax, Timespec now) {
  if (pax.global.empty()) return "";
  std::string records;
  for (const auto& [k, v] : pax.global) add_record(records, k, v);
  return Writer::pax_block(pax.global_name.value_or("/tmp/GlobalHead." + std::to_string(pax.pid) + ".1"), 'g', records, static_cast<uint64_t>(now.sec));
}

}  // namespace nacre
