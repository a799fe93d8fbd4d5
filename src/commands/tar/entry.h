/// TarEntry: one member of a tar archive, and its headers as bytes in the formats
/// v7, ustar, gnu and pax. Pure functions of bytes.
/// Source: POSIX XCU pax, "ustar Interchange Format" and "pax Interchange Format";
/// GNU tar 1.34 manual, "Basic Tar Format".
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vfs/types.h"

namespace nacre {

constexpr size_t kTarBlock = 512;

enum class TarFormat : uint8_t { V7, OldGnu, Gnu, Ustar, Pax };

struct TarPiece {
  uint64_t offset, size;
};   ///< of a sparse file

struct TarEntry {
  std::string name, link;        ///< as stored; a directory's name may end in '/'
  char type = '0';               ///< typeflag
  Mode mode = 0644;
  uint64_t uid = 0, gid = 0;
  std::string uname, gname;
  uint64_t size = 0;             ///< bytes of the file
  uint64_t stored = 0;           ///< bytes that follow the header
  Timespec mtime;
  std::optional<Timespec> atime, ctime;
  std::optional<Timespec> old_atime;   ///< where the format of GNU tar has it, that incremental dumps use
  std::optional<std::string> dumpdir;  ///< what a directory holds, when a pax record says it
  uint32_t major = 0, minor = 0;
  bool sparse = false;
  std::vector<TarPiece> pieces;  ///< of a sparse file, in order
  TarFormat format = TarFormat::Gnu;
  bool incremental = false;      ///< to be written as part of an incremental dump

  bool is_dir() const { return type == '5' || type == 'D' || ((type == '0' || type == 0) && name.ends_with('/')); }
  bool has_dumpdir() const { return type == 'D' || dumpdir; }
  bool is_link() const { return type == '1'; }
  bool is_symlink() const { return type == '2'; }
  bool is_regular() const { return !is_dir() && !(type >= '1' && type <= '6') && type != 'V' && type != 'M' && type != 'N'; }
};

enum class TarHeaderKind : uint8_t { Good, Zero, Bad };
/// Reads one block. Good: `entry` has what the block says (no long names yet).
TarHeaderKind read_tar_header(std::string_view block, TarEntry& entry);
/// More of an old GNU sparse map: from the header (`header` true) or an extension block. Returns
/// whether another extension block follows.
bool read_tar_sparse(std::string_view block, bool header, TarEntry& entry);
/// Real size that an old GNU sparse header states.
uint64_t read_tar_real_size(std::string_view block);

/// "key=value" records of an extended header; false if malformed.
bool read_pax_records(std::string_view text, std::map<std::string, std::string>& records);
/// Applies them. GNU.sparse.* too, but for the map that 1.0 keeps in the data (`*map_in_data`).
void apply_pax_records(const std::map<std::string, std::string>& records, TarEntry& entry, bool* map_in_data);

/// What to change about pax headers (--pax-option).
struct PaxOptions {
  std::vector<std::string> deleted;                              ///< patterns of keywords that are left out
  std::string header_name = "%d/PaxHeaders/%f";
  std::optional<std::string> global_name;
  std::vector<std::pair<std::string, std::string>> global, each; ///< keyword=value, keyword:=value
  int pid = 0;
};

/// All header blocks of an entry, with those for long names. Empty and *error when the format
/// cannot hold it.
std::string write_tar_header(const TarEntry& entry, TarFormat format, const PaxOptions& pax, std::string* error);
/// What stands between the header and the data of a sparse entry (the map, in the pax format; the
/// blocks that go on with it are part of the header in the gnu formats).
std::string tar_sparse_map(const TarEntry& entry, TarFormat format);
/// A global pax header for pax.global; "" when there is none.
std::string write_tar_global(const PaxOptions& pax, Timespec now);
/// Zeros from n to the next block boundary.
inline size_t tar_padding(uint64_t n) { return static_cast<size_t>((kTarBlock - n % kTarBlock) % kTarBlock); }

}  // namespace nacre
