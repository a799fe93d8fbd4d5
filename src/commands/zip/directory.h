/// ZipDirectory: the central directory of a zip archive, as zip, unzip and
/// zipinfo read it, and the records as bytes.
/// Source: PKWARE APPNOTE 6.3; Info-ZIP's extra fields (UT, ux).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/date.h"
#include "kernel/process.h"

namespace nacre {

struct ZipEntry {
  std::string name, comment, extra;   ///< extra field of the central directory
  uint16_t made_by = 0x031e;          ///< version, and the system in the high byte (3 = Unix)
  uint16_t needed = 10, flags = 0, method = 0, dos_time = 0, dos_date = 0, internal = 0;
  uint32_t crc = 0, external = 0;
  uint64_t packed = 0, size = 0, offset = 0;   ///< offset of the local header in the file
  std::optional<int64_t> mtime;       ///< from the UT field

  bool is_dir() const { return name.ends_with('/'); }
  bool is_text() const { return internal & 1; }
  bool encrypted() const { return flags & 1; }
  uint8_t system() const { return static_cast<uint8_t>(made_by >> 8); }
  /// Unix mode, of what the archive tells; nullopt from systems without.
  std::optional<uint32_t> unix_mode() const { return system() == 3 || external >> 16 ? std::optional<uint32_t>(external >> 16) : std::nullopt; }
  bool is_symlink() const { return system() == 3 && (external >> 16 & 0170000) == 0120000; }
  CivilTime dos_civil() const;
  /// Local time of the last change: the UT field's, else what DOS could say.
  CivilTime local_time(const TimeZone& zone) const;
  int64_t seconds(const TimeZone& zone) const;
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;
  std::string comment;
  uint64_t size = 0;          ///< of the file
  uint64_t start = 0;         ///< where the central directory begins
  uint64_t shift = 0;         ///< bytes before the archive proper (a self-extractor's program)
  bool damaged = false;       ///< the directory ended early
};

/// Reads the directory of an open file. INVAL: no end record found. Memory is charged by what is kept.
Result<ZipDirectory> read_zip_directory(Process& p, int fd);
/// Where the data of an entry begins. INVAL: no local header there.
Result<uint64_t> zip_data_offset(Process& p, int fd, const ZipDirectory& dir, const ZipEntry& entry);

/// The local header, central record and end record.
std::string zip_local_header(const ZipEntry& e, std::string_view extra);
std::string zip_central_record(const ZipEntry& e);
std::string zip_end_record(size_t entries, uint64_t size, uint64_t offset, std::string_view comment);
inline void zip_put16(std::string& out, uint32_t v) { (out += static_cast<char>(v)) += static_cast<char>(v >> 8); }
inline void zip_put32(std::string& out, uint32_t v) {
  zip_put16(out, v & 0xffff);
  zip_put16(out, v >> 16);
}
/// Sets the DOS date and time from local time, seconds rounded up.
void set_dos_time(ZipEntry& e, int64_t seconds, const TimeZone& zone);
/// Space saved in percent, as Info-ZIP rounds it.
int zip_percent(uint64_t size, uint64_t packed);

}  // namespace nacre
