/// CpioEntry: one member of a cpio archive, and its header as bytes in each format.
/// Pure functions of bytes.
/// Source: GNU cpio 2.13 manual; POSIX.1-1988 cpio interchange format; System V newc and crc.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

enum class CpioFormat : uint8_t { Unknown, Bin, SwappedBin, Odc, Newc, Crc, Ustar, Tar };

struct CpioEntry {
  std::string name, link;      ///< link: target of a symbolic link (in the data, but for tar)
  uint32_t mode = 0;           ///< with the type bits
  uint64_t ino = 0, dev_major = 0, dev_minor = 0, rdev_major = 0, rdev_minor = 0;
  uint64_t uid = 0, gid = 0, nlink = 1;
  int64_t mtime = 0;
  uint64_t size = 0;           ///< bytes of data that follow
  uint32_t check = 0;          ///< sum of the bytes (crc)
  bool hard_link = false;      ///< tar's typeflag 1: link is the other name
  uint32_t type() const { return mode & 0170000; }
};

constexpr char kCpioTrailer[] = "TRAILER!!!";

/// By the first six bytes.
CpioFormat cpio_format_of(std::string_view head);
/// Bytes of a header before the name.
size_t cpio_header_size(CpioFormat format);
/// Reads a header; the name's size (with its NUL) in *name_size. False: malformed.
bool read_cpio_header(CpioFormat format, std::string_view bytes, CpioEntry& e, size_t* name_size);
/// Header, name and padding. Empty and *error when a value does not fit.
std::string write_cpio_header(CpioFormat format, const CpioEntry& e, std::string* error);
/// Zeros after the header and name, and after the data.
size_t cpio_name_padding(CpioFormat format, size_t name_size);
size_t cpio_data_padding(CpioFormat format, uint64_t size);

}  // namespace nacre
