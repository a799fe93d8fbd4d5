/// tree: what is shown of a directory tree, and how. Source: tree(1) 2.1.0.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "algo/glob.h"
#include "commands/accounts.h"
#include "commands/text_io.h"
#include "commands/tree/ignore.h"
#include "commands/zone.h"

namespace nacre {

struct TreeOptions {
  enum Style : uint8_t { Text, Json, Xml, Html } style = Text;
  enum Sort : uint8_t { ByName, ByVersion, BySize, ByTime, ByChange, Unsorted } sort = ByName;
  bool all = false, dirs_only = false, follow = false, full_path = false, one_device = false, ignore_case = false, match_dirs = false;
  bool meta_first = false, prune = false, no_report = false, hide_odd = false, raw = false, quote = false;
  bool mode = false, user = false, group = false, size = false, human = false, si = false, time = false, change_time = false;
  bool classify = false, from_file = false, list_links = false, inode = false, device = false, reverse = false, no_lines = false, sums = false, color = false,
       color_never = false, no_links = false, ansi_lines = false, git_ignore = false;
  int dirs_first = 0;                       ///< 1 directories, -1 files
  std::string charset, time_format;
  std::string base, title = "Directory Tree", intro, outro;   ///< of HTML
  std::optional<std::string> output;
  size_t level = SIZE_MAX, file_limit = SIZE_MAX;
  std::vector<std::string> include, exclude;
  std::string git_file;                     ///< the text of --gitfile
};

struct TreeEntry {
  std::string name, target;                 ///< target: of a symbolic link
  Stat st{};
  std::optional<Stat> target_st;            ///< what it points to
  bool is_dir = false;                      ///< or a link to one
  std::vector<TreeEntry> children;
  const char* error = nullptr;              ///< why it was not opened
  std::string note;                         ///< of --filelimit
  bool opened = false;
  bool listed = false;                      ///< a file of paths (--fromfile)
};

/// Reads a tree as far as it is shown.
class TreeReader {
 public:
  TreeReader(Process& p, const TreeOptions& o);
  ~TreeReader() { p_.release_memory(charged_); }
  /// Fills the children of the directory at `path`, where a tree begins.
  void read(TreeEntry& dir, const std::string& path) { read(dir, path, "", 0); }

  /// Fills them with the paths that a file lists.
  void read_paths(TreeEntry& root, Input& in);

 private:
  template <class Node>
  void show(std::vector<std::unique_ptr<Node>>& nodes, std::vector<TreeEntry>& to, bool matched, bool top, size_t level);
  void read(TreeEntry& dir, const std::string& path, std::string_view below, size_t level);
  std::optional<TreeEntry> entry(const std::string& path, const std::string& name);
  bool matches(const std::vector<Glob>& patterns, std::string_view name, bool is_dir, const std::vector<bool>& dir_only) const;
  bool directory_matches(std::string_view name) const;
  void add(const std::vector<std::string>& texts, std::vector<Glob>& to, std::vector<bool>& dir_only) const;
  void sort(std::vector<TreeEntry>& entries) const;
  bool less(const TreeEntry& a, const TreeEntry& b) const;
  void prune(std::vector<TreeEntry>& entries) const;

  Process& p_;
  const TreeOptions& o_;
  TreeIgnores ignores_;
  std::vector<Glob> include_, exclude_;
  std::vector<bool> include_dir_, exclude_dir_;
  std::set<std::pair<uint64_t, uint64_t>> seen_;
  std::optional<uint64_t> device_;
  int unfiltered_ = 0;                      ///< > 0: in a directory that matches -P, under --matchdirs
  uint64_t charged_ = 0;
};

/// What the lines of a tree are drawn with.
struct TreeLines {
  const char* down;     ///< beside what is below
  const char* branch;
  const char* corner;
  const char* copyright = "(c)";
};
/// Those of a character set.
TreeLines tree_lines(std::string_view charset);

class TreePrinter {
 public:
  TreePrinter(Process& p, const TreeOptions& o, Output& out);
  void begin();
  void root(const TreeEntry& e, bool missing, bool last);
  void end();
  size_t dirs = 0, files = 0;
  uint64_t bytes = 0;                       ///< of --du: what the lines below the roots say, added up

 private:
  // -- text (print.cc)
  void below(const std::vector<TreeEntry>& entries, const std::string& path, const std::string& prefix);
  void line(const TreeEntry& e, const std::string& shown, const std::string& prefix);
  std::string meta(const TreeEntry& e);
  std::string size_text(uint64_t size) const;
  std::string time_text(const Stat& st) const;
  void name(const std::string& text, const std::string& color);
  std::string color_of(const TreeEntry& e, bool target) const;
  std::string color_of(const Stat* st, const std::string& name, bool broken) const;
  std::string escaped(const std::string& text) const;
  const char* suffix(const Stat& st) const;
  void read_colors();
  // -- markup.cc
  void json(const TreeEntry& e, const std::string& shown, const std::string& path, size_t depth, bool last);
  void xml(const TreeEntry& e, const std::string& shown, const std::string& path, size_t depth);
  // -- html.cc
  void html_begin();
  void html_end();
  void html_root(const TreeEntry& e, bool missing);
  void html_below(const std::vector<TreeEntry>& entries, const std::string& path, const std::string& shown, const std::string& prefix);
  void html_line(const TreeEntry& e, const std::string& shown, const std::string& href, const std::string& prefix);
  bool html_file(const std::string& name);
  std::string drawn(const std::string& prefix) const;
  void attributes(const TreeEntry& e, bool json);
  void markup_text(std::string_view text, bool json);
  std::string join(const std::string& path, const std::string& name) const;
  void count(const TreeEntry& e) {
    e.is_dir ? dirs++ : files++;
    bytes += e.st.size;
  }

  Process& p_;
  const TreeOptions& o_;
  Output& out_;
  Accounts accounts_;
  TimeZone zone_;
  int64_t now_;
  std::string charset_;          ///< as it is named in a document
  TreeLines lines_;
  bool colors_ = false;
  std::map<std::string, std::string, std::less<>> color_;
};

const char* tree_type_name(const Stat& st);

}  // namespace nacre
