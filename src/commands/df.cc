/// df - report file system space usage.
/// Source: GNU coreutils 9.1 manual, "df invocation"; POSIX XCU df.
/// Differs: the file systems are the mounts of the sandbox.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/human.h"
#include "commands/mounts.h"
#include "commands/quoting.h"
#include "commands/text_io.h"
#include "vfs/vfs.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: df [OPTION]... [FILE]...\n"
    "Show information about the file system on which each FILE resides, or all file systems by default.\n\n"
    "  -a, --all             include pseudo file systems\n"
    "  -B, --block-size=SIZE  scale sizes by SIZE before printing them\n"
    "  -h, --human-readable  print sizes in powers of 1024 (e.g., 1023M)\n"
    "  -H, --si              print sizes in powers of 1000 (e.g., 1.1G)\n"
    "  -i, --inodes          list inode information instead of block usage\n"
    "  -k                    like --block-size=1K\n"
    "  -l, --local           limit listing to local file systems (all are)\n"
    "      --no-sync         do not invoke sync before getting usage info (default)\n"
    "      --output[=FIELD_LIST]  use the output format defined by FIELD_LIST: source, fstype, itotal,\n"
    "                        iused, iavail, ipcent, size, used, avail, pcent, file, target\n"
    "  -P, --portability     use the POSIX output format\n"
    "      --sync            invoke sync before getting usage info\n"
    "      --total           produce a grand total\n"
    "  -t, --type=TYPE       limit listing to file systems of type TYPE\n"
    "  -T, --print-type      print file system type\n"
    "  -x, --exclude-type=TYPE  limit listing to file systems not of type TYPE\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

enum class Field { Source, Type, InodeTotal, InodeUsed, InodeFree, InodePercent, Size, Used, Free, Percent, File, Target };
constexpr std::string_view kFieldNames[] = {"source", "fstype", "itotal", "iused", "iavail", "ipcent", "size", "used", "avail", "pcent", "file", "target"};

struct Options {
  bool all = false, inodes = false, portable = false, total = false, print_type = false, format_given = false;
  SizeFormat format;
  std::vector<std::string> types, not_types;
  std::vector<Field> fields;
};
using O = Options;

std::optional<int> set_block(Process& p, O& o, std::string_view option, std::string_view v) { return o.format.set_option(p, option, v); }

std::optional<int> add_fields(Process& p, O& o, std::string_view list) {
  o.format_given = true;
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    auto found = std::find(std::begin(kFieldNames), std::end(kFieldNames), one);
    if (found == std::end(kFieldNames)) {
      p.warn("option --output: field %s unknown", quote(p, one).c_str());
      return try_help(p);
    }
    auto field = static_cast<Field>(found - std::begin(kFieldNames));
    if (std::find(o.fields.begin(), o.fields.end(), field) != o.fields.end()) {
      p.warn("option --output: field %s used more than once", quote(p, one).c_str());
      return try_help(p);
    }
    o.fields.push_back(field);
    list.remove_prefix(std::min(list.size(), one.size() + 1));
  }
  return std::nullopt;
}

struct DfFlag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, O&, std::optional<std::string_view>);
};
#define SET(body)                                                                  \
  +[](Process& p, O& o, std::optional<std::string_view> v) -> std::optional<int> { \
    (void)p;                                                                       \
    (void)o;                                                                       \
    (void)v;                                                                       \
    body;                                                                          \
    return std::nullopt;                                                           \
  }
constexpr DfFlag kFlags[] = {
    {'a', "all", ArgKind::None, SET(o.all = true)},
    {'B', "", ArgKind::Required, SET(return set_block(p, o, "-B", *v))},
    {0, "block-size", ArgKind::Required, SET(return set_block(p, o, "--block-size", *v))},
    {'h', "human-readable", ArgKind::None, SET(o.format.set_human(1024))},
    {'H', "si", ArgKind::None, SET(o.format.set_human(1000))},
    {'i', "inodes", ArgKind::None, SET(o.inodes = true)},
    {'k', "", ArgKind::None, SET(return set_block(p, o, "-k", "1K"))},
    {'m', "", ArgKind::None, SET(return set_block(p, o, "-m", "1M"))},
    {'l', "local", ArgKind::None, SET()},
    {0, "no-sync", ArgKind::None, SET()},
    {0, "sync", ArgKind::None, SET()},
    {0, "output", ArgKind::Optional, SET(return add_fields(p, o, v.value_or("source,fstype,itotal,iused,iavail,ipcent,size,used,avail,pcent,file,target")))},
    {'P', "portability", ArgKind::None, SET(o.portable = true)},
    {0, "total", ArgKind::None, SET(o.total = true)},
    {'t', "type", ArgKind::Required, SET(o.types.emplace_back(*v))},
    {'T', "print-type", ArgKind::None, SET(o.print_type = true)},
    {'x', "exclude-type", ArgKind::Required, SET(o.not_types.emplace_back(*v))},
};
#undef SET

struct Row {
  std::string source, file, target;
  FsUsage usage;
};

class Df {
 public:
  Df(Process& p, const O& o) : p_(p), o_(o) {}

  int run(const std::vector<std::string>& files) {
    std::vector<Field> fields = o_.fields;
    if (fields.empty()) {
      fields = {Field::Source};
      if (o_.print_type) fields.push_back(Field::Type);
      if (o_.inodes) fields.insert(fields.end(), {Field::InodeTotal, Field::InodeUsed, Field::InodeFree, Field::InodePercent});
      else fields.insert(fields.end(), {Field::Size, Field::Used, Field::Free, Field::Percent});
      fields.push_back(Field::Target);
    }
    std::vector<Row> rows = files.empty() ? everything() : of_files(files);
    if (rows.empty()) {
      if (status_ == 0) p_.warn("no file systems processed");
      return 1;
    }
    if (o_.total) rows.push_back(total(rows));
    table(fields, rows);
    return status_;
  }

 private:
  bool wanted(const FsUsage& u) const {
    auto in = [&](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), u.type) != list.end(); };
    return (o_.types.empty() || in(o_.types)) && !in(o_.not_types);
  }

  static Row row(const MountInfo& m) {
    Row r{m.source, "-", m.path, m.fs ? m.fs->usage() : FsUsage{}};
    r.usage.type = m.type;
    return r;
  }

  std::vector<Row> everything() {
    std::vector<Row> rows;
    for (const MountInfo& m : p_.vfs().mounts()) {
      Row r = row(m);
      if (wanted(r.usage) && (o_.all || r.usage.blocks != 0 || !o_.types.empty())) rows.push_back(r);
    }
    return rows;
  }

  std::vector<Row> of_files(const std::vector<std::string>& files) {
    std::vector<Row> rows;
    for (const auto& f : files) {
      auto real = p_.realpath(f);
      if (!real) {
        p_.warn(real.error(), "%s", quote_name(p_, f).c_str());
        status_ = 1;
        continue;
      }
      Row r = row(mount_of(p_, *real));
      r.file = f;
      if (wanted(r.usage)) rows.push_back(r);
    }
    return rows;
  }

  static Row total(const std::vector<Row>& rows) {
    Row sum{"total", "-", "-", {}};
    sum.usage.block_size = 1;
    sum.usage.type = "-";
    for (const Row& r : rows) {
      sum.usage.blocks += r.usage.blocks * r.usage.block_size;
      sum.usage.blocks_free += r.usage.blocks_free * r.usage.block_size;
      sum.usage.inodes += r.usage.inodes;
      sum.usage.inodes_free += r.usage.inodes_free;
    }
    return sum;
  }

  std::string heading(Field f) const {
    switch (f) {
      case Field::Source: return "Filesystem";
      case Field::Type: return "Type";
      case Field::InodeTotal: return "Inodes";
      case Field::InodeUsed: return "IUsed";
      case Field::InodeFree: return "IFree";
      case Field::InodePercent: return "IUse%";
      case Field::Size: return o_.format.human() ? "Size" : (o_.portable ? std::to_string(o_.format.block()) : o_.format.unit()) + "-blocks";
      case Field::Used: return "Used";
      case Field::Free: return o_.format.human() || o_.format_given ? "Avail" : "Available";
      case Field::Percent: return o_.portable ? "Capacity" : "Use%";
      case Field::File: return "File";
      case Field::Target: return "Mounted on";
    }
    return "";
  }

  static std::string percent(uint64_t used, uint64_t all) {
    if (all == 0) return "-";
    return std::to_string((used * 100 + all - 1) / all) + "%";
  }

  std::string cell(Field f, const Row& r) const {
    const FsUsage& u = r.usage;
    auto inodes = [&](uint64_t n) { return o_.format.human() ? o_.format.text(n) : std::to_string(n); };
    uint64_t used = u.blocks - u.blocks_free, iused = u.inodes - u.inodes_free;
    switch (f) {
      case Field::Source: return r.source;
      case Field::Type: return u.type;
      case Field::InodeTotal: return inodes(u.inodes);
      case Field::InodeUsed: return inodes(iused);
      case Field::InodeFree: return inodes(u.inodes_free);
      case Field::InodePercent: return percent(iused, u.inodes);
      case Field::Size: return o_.format.text(u.blocks * u.block_size);
      case Field::Used: return o_.format.text(used * u.block_size);
      case Field::Free: return o_.format.text(u.blocks_free * u.block_size);
      case Field::Percent: return percent(used, u.blocks);
      case Field::File: return r.file.empty() ? "-" : r.file;
      case Field::Target: return r.target;
    }
    return "";
  }

  static bool left(Field f) { return f == Field::Source || f == Field::Type || f == Field::File || f == Field::Target; }

  void table(const std::vector<Field>& fields, const std::vector<Row>& rows) {
    std::vector<std::vector<std::string>> cells(1);
    for (Field f : fields) cells[0].push_back(heading(f));
    for (const Row& r : rows) {
      cells.emplace_back();
      for (Field f : fields) cells.back().push_back(cell(f, r));
    }
    std::vector<size_t> width(fields.size(), 0);
    for (size_t k = 0; k < fields.size(); k++) {
      width[k] = fields[k] == Field::Source ? 14 : fields[k] == Field::Type ? 4 : left(fields[k]) ? 0 : 5;
      if (fields[k] == Field::Percent || fields[k] == Field::InodePercent) width[k] = 4;
      for (const auto& line : cells) width[k] = std::max(width[k], line[k].size());
    }
    Output out(p_);
    for (const auto& line : cells) {
      for (size_t k = 0; k < fields.size(); k++) {
        std::string pad(width[k] - line[k].size(), ' ');
        bool last = k + 1 == fields.size();
        if (k) out.put(' ');
        out.write(left(fields[k]) ? line[k] + (last ? "" : pad) : pad + line[k]);
      }
      out.put('\n');
    }
    out.flush();
  }

  Process& p_;
  const O& o_;
  int status_ = 0;
};

int df_main(Process& p) {
  O o;
  std::vector<std::string> files;
  o.format.from_environment(p, "DF_BLOCK_SIZE");
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  if (auto status = parse_options(p, kUsage, specs, p.argv(), {}, files, [&](size_t i, std::optional<std::string_view> v) { return kFlags[i].set(p, o, v); }))
    return *status;
  auto exclusive = [&](bool clash, const char* a, const char* b) {
    if (clash) p.warn("options %s and %s are mutually exclusive", a, b);
    return clash;
  };
  if (exclusive(o.format_given && o.inodes, "-i", "--output") || exclusive(o.format_given && o.portable, "-P", "--output") ||
      exclusive(o.format_given && o.print_type, "-T", "--output"))
    return try_help(p);
  bool both = false;
  for (const auto& type : std::vector(o.types.rbegin(), o.types.rend())) {
    if (std::find(o.not_types.begin(), o.not_types.end(), type) == o.not_types.end()) continue;
    p.warn("file system type %s both selected and excluded", quote(p, type).c_str());
    both = true;
  }
  if (both) return 1;
  return Df(p, o).run(files);
}

}  // namespace

Command df_command() { return {{"df"}, kUsage, df_main}; }

}  // namespace nacre
