/// findmnt - find a file system.
/// Source: util-linux 2.38, findmnt(8).
/// Differs: there is one table of mounts, and no fstab; of the columns those that mean something in a sandbox.
#include <algorithm>

#include "algo/unicode.h"
#include "base/text_encoding.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mounts.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: findmnt [OPTION]... [SOURCE | MOUNTPOINT]\n"
    "       findmnt [OPTION]... SOURCE MOUNTPOINT\n"
    "Find a mounted file system, or list all as a tree.\n\n"
    "  -A, --all               list pseudo file systems with -D too\n"
    "  -a, --ascii             draw the tree with ASCII characters\n"
    "  -b, --bytes             print sizes in bytes\n"
    "  -D, --df                imitate the output of df\n"
    "  -f, --first-only        print the first found file system only\n"
    "  -i, --invert            those that do not match\n"
    "  -J, --json              print JSON\n"
    "  -k, --kernel            search the mounts that there are (default)\n"
    "  -l, --list              print a list\n"
    "  -M, --mountpoint DIR    the file system mounted on DIR\n"
    "  -n, --noheadings        no heading line\n"
    "  -O, --options LIST      only mounts with these options\n"
    "  -o, --output LIST       columns: SOURCE TARGET FSTYPE OPTIONS VFS-OPTIONS FS-OPTIONS FSROOT MAJ:MIN\n"
    "                          ID PARENT SIZE USED AVAIL USE%; a + before the list adds to the default\n"
    "      --output-all        all columns\n"
    "  -P, --pairs             print KEY=\"value\"\n"
    "      --pseudo, --real    only pseudo, or only real file systems\n"
    "  -R, --submounts         and all mounts below the found ones\n"
    "  -r, --raw               print values with single blanks between them\n"
    "  -S, --source SOURCE     only this source\n"
    "  -T, --target PATH       the file system that PATH lies in\n"
    "      --tree              print a tree\n"
    "  -t, --types LIST        only these types, or with \"no\" before the list all others\n"
    "  -U, --uniq              one file system for each target\n"
    "  -u, --notruncate, -v, --nofsroot, -c, --canonicalize, -C, --nocanonicalize   as they are anyway\n"
    "  -h, --help              display this help and exit\n"
    "  -V, --version           output version information and exit\n";

struct Options {
  bool all = false, ascii = false, bytes = false, df = false, first = false, invert = false, json = false, list = false, bare = false, every_column = false,
       pairs = false, pseudo = false, real = false, below = false, raw = false, tree = false, unique = false, as_it_is = false, canonical = false,
       not_canonical = false;
  std::string mountpoint, options, columns, source, target, types;
};
using O = Options;
constexpr Flag<Options> kFlags[] = {{'A', "all", &O::all},
                                    {'a', "ascii", &O::ascii},
                                    {'b', "bytes", &O::bytes},
                                    {'D', "df", &O::df},
                                    {'f', "first-only", &O::first},
                                    {'i', "invert", &O::invert},
                                    {'J', "json", &O::json},
                                    {'k', "kernel", &O::as_it_is},
                                    {'l', "list", &O::list},
                                    {'M', "mountpoint", &O::mountpoint},
                                    {'n', "noheadings", &O::bare},
                                    {'O', "options", &O::options},
                                    {'o', "output", &O::columns},
                                    {0, "output-all", &O::every_column},
                                    {'P', "pairs", &O::pairs},
                                    {0, "pseudo", &O::pseudo},
                                    {0, "real", &O::real},
                                    {'R', "submounts", &O::below},
                                    {'r', "raw", &O::raw},
                                    {'S', "source", &O::source},
                                    {'T', "target", &O::target},
                                    {0, "tree", &O::tree},
                                    {'t', "types", &O::types},
                                    {'U', "uniq", &O::unique},
                                    {'u', "notruncate", &O::as_it_is},
                                    {'v', "nofsroot", &O::as_it_is},
                                    {'c', "canonicalize", &O::canonical},
                                    {'C', "nocanonicalize", &O::not_canonical}};

enum class Column { Source, Target, Type, Options, VfsOptions, FsOptions, Root, Device, Id, Parent, Size, Used, Free, Percent };
constexpr std::string_view kColumns[] = {"SOURCE",  "TARGET", "FSTYPE", "OPTIONS", "VFS-OPTIONS", "FS-OPTIONS", "FSROOT",
                                         "MAJ:MIN", "ID",     "PARENT", "SIZE",    "USED",        "AVAIL",      "USE%"};

bool numeric(Column c) { return c == Column::Size || c == Column::Used || c == Column::Free || c == Column::Percent || c == Column::Id || c == Column::Parent; }

/// util-linux's sizes: one digit behind the point where it is not 0.
std::string human_size(uint64_t n) {
  int power = 0;
  while (power < 6 && n >> (10 * (power + 1))) power++;
  if (power == 0) return n ? std::to_string(n) + "B" : "0";
  uint64_t whole = n >> (10 * power), tenths = (((n >> (10 * (power - 1))) & 1023) * 10 + 512) / 1024;
  if (tenths == 10) whole++, tenths = 0;
  return std::to_string(whole) + (tenths ? "." + std::to_string(tenths) : "") + "KMGTPE"[power - 1];
}

class FindMounts {
 public:
  FindMounts(Process& p, const O& o, std::vector<Column> columns) : p_(p), o_(o), columns_(std::move(columns)), all_(p.vfs().mounts()) {}

  int run(const std::string& what) {
    if (o_.tree && !o_.below && !what.empty()) {   // one mount that was asked for is no tree: nothing, as findmnt has it
      if (!o_.json) return 0;
      one_ = false;
    } else {
      find(what);
    }
    // An empty tree is an answer; a mount that was asked for and is not there is none.
    const bool whole = !one_ && !o_.list && !o_.raw && !o_.pairs && !o_.df && !o_.first && !o_.below;
    if (rows_.empty() && !(whole && o_.json)) return whole ? 0 : 1;
    const bool tree = !o_.list && !o_.raw && !o_.pairs && !o_.df && std::find(columns_.begin(), columns_.end(), Column::Target) != columns_.end();
    link(tree || o_.tree);
    Output out(p_);
    if (o_.json) json(out);
    else if (o_.pairs || o_.raw) lines(out);
    else table(out);
    return out.finish(0);
  }

 private:
  struct Row {
    const MountInfo* mount;
    std::string art;                 ///< of the tree, before the target
    std::vector<size_t> children;
    size_t parent = SIZE_MAX;
  };

  static bool pseudo(const MountInfo& m) { return m.type == "proc"; }

  void find(const std::string& what) {
    const MountInfo* target = nullptr;
    bool one = false;
    one_ = !what.empty() || !o_.source.empty() || !o_.target.empty() || !o_.mountpoint.empty();
    auto named = [&](const std::string& path) {
      auto real = p_.realpath(path);
      auto at = std::find_if(all_.rbegin(), all_.rend(), [&](const MountInfo& m) { return m.path == (real ? *real : path); });
      return at == all_.rend() ? nullptr : &*at;
    };
    std::string source = o_.source;
    if (!what.empty()) {
      const bool is_source = std::any_of(all_.begin(), all_.end(), [&](const MountInfo& m) { return m.source == what; });
      if (is_source) source = what;
      else one = true, target = named(what);
    }
    if (!o_.mountpoint.empty()) one = true, target = named(o_.mountpoint);
    if (!o_.target.empty()) {
      auto real = p_.realpath(o_.target);
      one = true;
      target = real ? &mount_of(p_, *real) : nullptr;
    }
    for (const MountInfo& m : all_) {
      bool fits = (!one || &m == target) && (source.empty() || m.source == source || "0:" + std::to_string(m.id) == source) &&
                  (o_.types.empty() || in_type_list(o_.types, m.type)) && (o_.options.empty() || in_type_list(o_.options, mount_options(m)));
      const bool filtered = one || !source.empty() || !o_.types.empty() || !o_.options.empty();
      if (o_.invert && filtered) fits = !fits;
      if (!fits || (o_.real && pseudo(m)) || (o_.pseudo && !pseudo(m)) || (o_.df && !o_.all && pseudo(m))) continue;
      if (o_.unique && std::any_of(&m + 1, all_.data() + all_.size(), [&](const MountInfo& later) { return later.path == m.path; })) continue;
      rows_.push_back({&m, "", {}});
      if (o_.first) break;
    }
    if (o_.below) add_below();
  }

  /// Mounts that lie in a found one, over any number of others. They come after it in the table.
  void add_below() {
    std::vector<Row> found;
    for (const MountInfo& m : all_) {
      auto there = [&](const std::vector<Row>& rows, uint32_t id) {
        return std::any_of(rows.begin(), rows.end(), [&](const Row& r) { return r.mount->id == id; });
      };
      if (there(rows_, m.id) || there(found, m.parent)) found.push_back({&m, "", {}});
    }
    rows_ = std::move(found);
  }

  const MountInfo* above(const MountInfo& m) const {
    auto at = std::find_if(all_.begin(), all_.end(), [&](const MountInfo& a) { return a.id == m.parent; });
    return at == all_.end() ? nullptr : &*at;
  }

  /// Each row below the nearest mount above it that is shown.
  void link(bool tree) {
    tree_ = tree;
    if (!tree) return;
    for (size_t i = 0; i < rows_.size(); i++)
      for (const MountInfo* up = above(*rows_[i].mount); up && rows_[i].parent == SIZE_MAX; up = above(*up))
        for (size_t k = 0; k < rows_.size(); k++)
          if (rows_[k].mount == up) rows_[i].parent = k, rows_[k].children.push_back(i);
    std::vector<size_t> order;
    for (size_t i = 0; i < rows_.size(); i++)
      if (rows_[i].parent == SIZE_MAX) draw(i, "", order);
    order_ = std::move(order);
  }

  // As deep as mounts nest, which is what the caller of nacre wrote.
  void draw(size_t row, const std::string& before, std::vector<size_t>& order) {
    order.push_back(row);
    const bool ascii = o_.ascii || !p_.utf8();
    const std::vector<size_t>& children = rows_[row].children;
    for (size_t i = 0; i < children.size(); i++) {
      const bool last = i + 1 == children.size();
      rows_[children[i]].art = before + (ascii ? (last ? "`-" : "|-") : last ? "\u2514\u2500" : "\u251c\u2500");
      draw(children[i], before + (last ? "  " : ascii ? "| " : "\u2502 "), order);
    }
  }

  std::vector<size_t> order() const {
    if (tree_) return order_;
    std::vector<size_t> out(rows_.size());
    for (size_t i = 0; i < out.size(); i++) out[i] = i;
    return out;
  }

  std::string cell(Column c, const MountInfo& m) const {
    const FsUsage u = m.fs->usage();
    auto size = [&](uint64_t blocks) { return o_.bytes ? std::to_string(blocks * u.block_size) : human_size(blocks * u.block_size); };
    switch (c) {
      case Column::Source: return m.source;
      case Column::Target: return m.path;
      case Column::Type: return m.type;
      case Column::Options:
      case Column::VfsOptions:
      case Column::FsOptions: return mount_options(m);
      case Column::Root: return "/";
      case Column::Device: return "0:" + std::to_string(m.id);
      case Column::Id: return std::to_string(m.id);
      case Column::Parent: return std::to_string(m.parent);
      case Column::Size: return size(u.blocks);
      case Column::Used: return size(u.blocks - u.blocks_free);
      case Column::Free: return size(u.blocks_free);
      case Column::Percent: return u.blocks ? std::to_string(((u.blocks - u.blocks_free) * 100 + u.blocks - 1) / u.blocks) + "%" : "-";
    }
    return "";
  }

  void table(Output& out) {
    std::vector<std::vector<std::string>> lines(1);
    for (Column c : columns_) lines.back().emplace_back(kColumns[static_cast<size_t>(c)]);
    for (size_t i : order()) {
      lines.emplace_back();
      for (Column c : columns_) lines.back().push_back((c == Column::Target ? rows_[i].art : "") + printable(cell(c, *rows_[i].mount)));
    }
    std::vector<size_t> width(columns_.size(), 0);
    for (const auto& line : lines)
      for (size_t k = 0; k < line.size(); k++) width[k] = std::max(width[k], text_width(line[k], p_.utf8()));
    // The headings are as wide as they are also where they are not shown.
    if (o_.bare) lines.erase(lines.begin());
    for (const auto& line : lines) {
      for (size_t k = 0; k < line.size(); k++) {
        const std::string pad(width[k] - text_width(line[k], p_.utf8()), ' ');
        const bool last = k + 1 == line.size();
        if (k) out.put(' ');
        out.write(numeric(columns_[k]) ? pad + line[k] : line[k] + (last ? "" : pad));
      }
      out.put('\n');
    }
  }

  /// Control characters as \xXX, and others that are named.
  static std::string printable(std::string_view s, std::string_view others = "") {
    std::string out;
    for (char c : s) {
      if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f' && others.find(c) == others.npos) {
        out += c;
        continue;
      }
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(c));
      out += code;
    }
    return out;
  }

  /// -P and -r.
  void lines(Output& out) {
    std::string line;
    auto end = [&] {
      out.line(line);
      line.clear();
    };
    if (o_.raw && !o_.bare) {
      for (Column c : columns_) (line += line.empty() ? "" : " ") += kColumns[static_cast<size_t>(c)];
      end();
    }
    for (const Row& r : rows_) {
      for (Column c : columns_) {
        line += line.empty() ? "" : " ";
        if (o_.raw) line += printable(cell(c, *r.mount), " \\");
        else (line += kColumns[static_cast<size_t>(c)]) += "=\"" + printable(cell(c, *r.mount), "\"\\") + "\"";
      }
      end();
    }
  }

  void json(Output& out) {
    out.write("{\n   \"filesystems\": [\n");
    std::vector<size_t> top;
    for (size_t i = 0; i < rows_.size(); i++)
      if (rows_[i].parent == SIZE_MAX) top.push_back(i);
    objects(out, top, 6);
    out.write("   ]\n}\n");
  }

  void objects(Output& out, const std::vector<size_t>& rows, size_t indent) {
    if (rows.empty()) return out.put('\n');
    const std::string in(indent, ' ');
    for (size_t i = 0; i < rows.size(); i++) {
      const Row& r = rows_[rows[i]];
      out.write(i ? ",{\n" : in + "{\n");
      for (size_t k = 0; k < columns_.size(); k++) {
        const Column c = columns_[k];
        const bool number = c == Column::Id || c == Column::Parent || (o_.bytes && numeric(c) && c != Column::Percent);
        const std::string text = cell(c, *r.mount);
        out.write(in + "   " + json_string(lower(kColumns[static_cast<size_t>(c)], false)) + ": " + (number ? text : json_string(text)));
        out.write(k + 1 < columns_.size() || !r.children.empty() ? ",\n" : "\n");
      }
      if (!r.children.empty()) {
        out.write(in + "   \"children\": [\n");
        objects(out, r.children, indent + 6);
        out.write(in + "   ]\n");
      }
      out.write(in + "}");
    }
    out.write("\n");
  }

  Process& p_;
  const O& o_;
  std::vector<Column> columns_;
  const std::vector<MountInfo>& all_;
  std::vector<Row> rows_;
  std::vector<size_t> order_;
  bool tree_ = false, one_ = false;
};

/// False after a message.
bool read_columns(Process& p, const O& o, std::vector<Column>& out) {
  std::string_view list = o.columns;
  if (o.df) out = {Column::Source, Column::Type, Column::Size, Column::Used, Column::Free, Column::Percent, Column::Target};
  else out = {Column::Target, Column::Source, Column::Type, Column::Options};
  if (o.every_column) {
    out.clear();
    for (size_t i = 0; i < std::size(kColumns); i++) out.push_back(static_cast<Column>(i));
    return true;
  }
  if (list.empty()) return true;
  if (list[0] == '+') list.remove_prefix(1);
  else out.clear();
  while (true) {
    size_t comma = list.find(',');
    if (comma + 1 == list.size()) comma = list.npos;   // the last one is a part of the name
    const std::string_view one = list.substr(0, comma);
    auto at = std::find(std::begin(kColumns), std::end(kColumns), upper(one, false));
    if (at == std::end(kColumns)) {
      p.warn("unknown column: %s", std::string(list).c_str());
      return false;
    }
    out.push_back(static_cast<Column>(at - std::begin(kColumns)));
    if (one.size() == list.size()) return true;
    list.remove_prefix(one.size() + 1);
  }
}

/// False after a message.
bool check_exclusive(Process& p, const O& o) {
  const char* group = (o.json + o.pairs + o.raw) > 1               ? "--json --pairs --raw --verify"
                      : (o.pairs + o.list + o.raw) > 1             ? "--pairs --list --raw --verify"
                      : o.canonical && o.not_canonical             ? "--nocanonicalize --canonicalize"
                      : !o.target.empty() && !o.mountpoint.empty() ? "--mountpoint --target"
                      : o.real && o.pseudo                         ? "--pseudo --real"
                                                                   : nullptr;
  if (group) p.warn("mutually exclusive arguments: %s", group);
  return !group;
}

int findmnt_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.letters = true})) return *status;
  if (!check_exclusive(p, o)) return 1;
  std::vector<Column> columns;
  if (!read_columns(p, o, columns)) return 1;
  if (!operands.empty() && (!o.target.empty() || !o.source.empty() || !o.mountpoint.empty())) {
    p.warn("options --target and --source can't be used together with command line element that is not an option");
    return 1;
  }
  if (operands.size() > 2) return 1;
  if (operands.size() == 2) {
    o.source = operands[0];
    o.mountpoint = operands[1];
    operands.clear();
  }
  return FindMounts(p, o, std::move(columns)).run(operands.empty() ? "" : operands[0]);
}

}  // namespace

Command findmnt_command() { return {{"findmnt"}, kUsage, findmnt_main, MessageName::Short}; }

}  // namespace nacre
