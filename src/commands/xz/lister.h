/// XzLister: what xz --list prints of files and, at the end, of all of them.
/// Source: xz 5.4 manual, "--list" and "Robot mode".
#pragma once
#include <functional>
#include <string>

#include "commands/text_io.h"
#include "commands/xz/options.h"

namespace nacre {

/// "575.1 KiB"; below 10000 in bytes.
std::string nice_size(uint64_t bytes);

class XzLister {
 public:
  XzLister(Process& p, const XzCommandOptions& o) : p_(p), o_(o) {}
  /// Names the file that comes next, where more than a line tells of it; `of`: how many there will
  /// be, 0 where that is not known.
  void begin(const std::string& name, size_t of);
  /// Prints a file. Anything but End: what is wrong with it.
  CodecStatus file(const std::string& name, int fd, uint64_t size);
  /// After the last file, if there is anything to sum up.
  void totals();

 private:
  struct Details {
    uint64_t memory = 0;
    bool sizes_in_headers = true;
    uint32_t least_version = 50000002;
  };
  bool verbose() const { return o_.verbosity >= 3; }
  bool detailed() const { return o_.verbosity >= 4; }
  void print_columns(Output& out, const XzInfo& i, const std::string& last);
  void print_robot(Output& out, const XzInfo& i);
  void print_summary(Output& out, const XzInfo& i);
  void print_details(Output& out, const Details& d);
  CodecStatus print_blocks(Output& out, const XzIndex& index, const XzInfo& i, XzFileReader& reader, Details& details);

  Process& p_;
  const XzCommandOptions& o_;
  uint64_t listed_ = 0, begun_ = 0;
  XzInfo sum_;
  Details sum_details_;
};

}  // namespace nacre
