/// tree - list contents of directories in a tree-like format.
/// Source: tree(1) 2.1.0, checked against the tool.
/// Differs: not there are -R and --info;
/// usage text is in our own words.
#include "commands/tree/tree.h"

#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tree [-acdfghilnpqrstuvxACDFJNQSUX] [-L level] [-H baseHREF] [-T title] [-o filename] [-P pattern] [-I pattern]\n"
    "            [--matchdirs] [--metafirst] [--ignore-case] [--inodes] [--device] [--sort[=]name]\n"
    "            [--dirsfirst] [--filesfirst] [--filelimit #] [--si] [--du] [--prune] [--charset[=]X]\n"
    "            [--timefmt[=]format] [--fromfile] [--fflinks] [--nolinks] [--hintro[=]file] [--houtro[=]file] [--noreport] [--version] [--help] [--] "
    "[directory ...]\n"
    "List the contents of directories (the current one) as a tree.\n\n"
    "  -a            hidden files, too\n"
    "  -d            only directories\n"
    "  -l            follow symbolic links to directories\n"
    "  -f            full paths\n"
    "  -x            stay on one file system\n"
    "  -L LEVEL      at most LEVEL directories deep\n"
    "  -P PATTERN    only files that match PATTERN (alternatives parted by '|')\n"
    "  -I PATTERN    no files that match PATTERN\n"
    "  --ignore-case, --matchdirs  patterns: case does not matter; -P is for directories, too\n"
    "  --gitignore   without what .gitignore files name; --gitfile FILE: and another\n"
    "  --prune       no empty directories\n"
    "  --filelimit # do not open directories with more than # files\n"
    "  --noreport    no counts at the end\n"
    "  --charset X   lines as in character set X\n"
    "  --fromfile    the paths that FILEs list (.: standard input); --fflinks: with links, as NAME -> TARGET\n"
    "  -o FILENAME   write to FILENAME\n"
    "  -q, -N, -Q    names: '?' for odd characters; as they are; in double quotes\n"
    "  -p, -u, -g, -s, -D  protections, owner, group, size, date\n"
    "  -h, --si      sizes with letters, in powers of 1024 or 1000\n"
    "  --du          sizes of directories with all that is shown below them\n"
    "  --timefmt F   dates by format F\n"
    "  -F            append '/', '*', '|', '=' as ls -F\n"
    "  --inodes, --device  numbers of inode and device\n"
    "  --metafirst   these before the lines of the tree\n"
    "  -v, -t, -c, -U  sort by version, by modification time, by change time; do not sort\n"
    "  --sort X      sort by name, version, size, mtime or ctime\n"
    "  -r            reverse\n"
    "  --dirsfirst, --filesfirst   one kind before the other\n"
    "  -i            no lines\n"
    "  -A, -S        lines for a VT100, for code page 437\n"
    "  -n, -C        colors never, always\n"
    "  -J, -X        JSON, XML\n"
    "  -H BASE       HTML with links below BASE; -T TITLE; --nolinks: without; --hintro FILE, --houtro FILE: what stands around it\n";

class TreeArgs {
 public:
  TreeArgs(Process& p, TreeOptions& o) : p_(p), o_(o) {}

  std::optional<int> read(std::vector<std::string>& dirs) {
    const auto& argv = p_.argv();
    for (at_ = 1; at_ < argv.size(); at_++) {
      const std::string& word = argv[at_];
      if (ended_ || word.size() < 2 || word[0] != '-') {
        dirs.push_back(word);
      } else if (word == "--") {
        ended_ = true;
      } else if (auto status = word[1] == '-' ? long_option(word) : letters(word)) {
        return status;
      }
    }
    return std::nullopt;
  }

 private:
  int fail(const std::string& text) {
    write_error(p_, "tree: " + text + "\n");
    return 1;
  }
  int fail_with_usage(const std::string& text) {
    write_error(p_, "tree: " + text + "\n" + std::string(kUsage).substr(0, std::string_view(kUsage).find("List")));
    return 1;
  }

  std::optional<int> level(const std::string& text) {
    auto n = parse_int(text);
    if (!n || *n < 1) return fail("Invalid level, must be greater than 0.");
    o_.level = static_cast<size_t>(*n);
    return std::nullopt;
  }

  bool value(std::string& to) {
    if (at_ + 1 >= p_.argv().size()) return false;
    to = p_.argv()[++at_];
    return true;
  }

  std::optional<int> letters(const std::string& word) {
    for (size_t i = 1; i < word.size(); i++) {
      std::string text;
      switch (word[i]) {
        case 'L':
          if (!value(text)) return fail("Missing argument to -L option.");
          if (auto bad = level(text)) return bad;
          break;
        case 'P':
        case 'I':
          if (!value(text)) return fail(std::string("Missing argument to -") + word[i] + " option.");
          (word[i] == 'P' ? o_.include : o_.exclude).push_back(text);
          break;
        case 'H':
          if (!value(text)) return fail("Missing argument to -H option.");
          o_.style = TreeOptions::Html;
          o_.base = without_trailing_slashes(text);
          break;
        case 'T':
          if (!value(text)) return fail("Missing argument to -T option.");
          o_.title = text;
          break;
        case 'o':
          if (!value(text)) return fail("Missing argument to -o option.");
          o_.output = text;
          break;
        default:
          if (!letter(word[i])) return fail_with_usage(std::string("Invalid argument -`") + word[i] + "'.");
      }
    }
    return std::nullopt;
  }

  bool letter(char c) {
    struct Row {
      char letter;
      bool TreeOptions::* field;
    };
    using O = TreeOptions;
    constexpr Row kRows[] = {{'a', &O::all},  {'d', &O::dirs_only}, {'l', &O::follow},  {'f', &O::full_path}, {'x', &O::one_device},  {'q', &O::hide_odd},
                             {'N', &O::raw},  {'Q', &O::quote},     {'p', &O::mode},    {'u', &O::user},      {'g', &O::group},       {'s', &O::size},
                             {'D', &O::time}, {'F', &O::classify},  {'r', &O::reverse}, {'i', &O::no_lines},  {'n', &O::color_never}, {'C', &O::color}};
    for (const auto& row : kRows) {
      if (row.letter != c) continue;
      o_.*row.field = true;
      return true;
    }
    switch (c) {
      case 'h': o_.human = o_.size = true; return true;
      case 'v': o_.sort = O::ByVersion; return true;
      case 't': o_.sort = O::ByTime; return true;
      case 'c':
        o_.sort = O::ByChange;
        o_.change_time = true;
        return true;
      case 'U': o_.sort = O::Unsorted; return true;
      case 'A': o_.ansi_lines = true; return true;
      case 'S': o_.charset = "IBM437"; return true;
      case 'J': o_.style = O::Json; return true;
      case 'X': o_.style = O::Xml; return true;
      default: return false;
    }
  }

  std::optional<int> long_option(const std::string& word) {
    struct Row {
      std::string_view name;
      void (*set)(TreeOptions&);
    };
    constexpr Row kPlain[] = {{"ignore-case", +[](TreeOptions& o) { o.ignore_case = true; }}, {"matchdirs", +[](TreeOptions& o) { o.match_dirs = true; }},
                              {"metafirst", +[](TreeOptions& o) { o.meta_first = true; }},    {"prune", +[](TreeOptions& o) { o.prune = true; }},
                              {"gitignore", +[](TreeOptions& o) { o.git_ignore = true; }},    {"nolinks", +[](TreeOptions& o) { o.no_links = true; }},
                              {"noreport", +[](TreeOptions& o) { o.no_report = true; }},      {"si", +[](TreeOptions& o) { o.si = o.human = o.size = true; }},
                              {"du", +[](TreeOptions& o) { o.sums = o.size = true; }},        {"inodes", +[](TreeOptions& o) { o.inode = true; }},
                              {"device", +[](TreeOptions& o) { o.device = true; }},           {"fromfile", +[](TreeOptions& o) { o.from_file = true; }},
                              {"fflinks", +[](TreeOptions& o) { o.list_links = true; }},      {"dirsfirst", +[](TreeOptions& o) { o.dirs_first = 1; }},
                              {"filesfirst", +[](TreeOptions& o) { o.dirs_first = -1; }}};
    std::string name = word.substr(2);
    for (const auto& row : kPlain) {
      if (name != row.name) continue;
      row.set(o_);
      return std::nullopt;
    }
    if (name == "version") return print_version(p_);
    if (name == "help") {
      Output out(p_);
      out.write(kUsage);
      return out.finish(0);
    }
    for (std::string_view valued : {"filelimit", "charset", "timefmt", "sort", "hintro", "houtro", "gitfile"}) {
      bool joined = name.starts_with(std::string(valued) + "=");
      if (name != valued && !joined) continue;
      std::string text = joined ? name.substr(valued.size() + 1) : "";
      if ((!joined && !value(text)) || (joined && text.empty())) return fail("Missing argument to --" + std::string(valued) + (joined ? "=" : ""));
      return set_value(valued, text);
    }
    return fail_with_usage("Invalid argument `" + word + "'.");
  }

  std::optional<int> set_value(std::string_view name, const std::string& text) {
    if (name == "charset") {
      o_.charset = text;
    } else if (name == "gitfile") {
      auto patterns = read_file(p_, text);
      if (!patterns) return fail("Could not load gitignore file");
      o_.git_file += *patterns + "\n";
      o_.git_ignore = true;
    } else if (name == "hintro" || name == "houtro") {
      (name == "hintro" ? o_.intro : o_.outro) = text;
    } else if (name == "timefmt") {
      o_.time_format = text;
      o_.time = true;
    } else if (name == "filelimit") {
      auto n = parse_int(text);
      o_.file_limit = n && *n > 0 ? static_cast<size_t>(*n) : SIZE_MAX;
    } else {
      constexpr std::pair<std::string_view, TreeOptions::Sort> kSorts[] = {{"name", TreeOptions::ByName},
                                                                           {"version", TreeOptions::ByVersion},
                                                                           {"size", TreeOptions::BySize},
                                                                           {"mtime", TreeOptions::ByTime},
                                                                           {"ctime", TreeOptions::ByChange}};
      for (auto [word, sort] : kSorts) {
        if (text != word) continue;
        o_.sort = sort;
        return std::nullopt;
      }
      // The names go to standard output.
      write_error(p_, "tree: Sort type '" + text + "' not valid, should be one of: ");
      (void)p_.write(1, "name,version,size,mtime,ctime\n");
      return 1;
    }
    return std::nullopt;
  }

  Process& p_;
  TreeOptions& o_;
  size_t at_ = 1;
  bool ended_ = false;
};

int tree_main(Process& p) {
  TreeOptions o;
  std::vector<std::string> dirs;
  if (auto status = TreeArgs(p, o).read(dirs)) return *status;
  if (dirs.empty()) dirs = {"."};
  int fd = 1;
  if (o.output) {
    auto opened = p.open(*o.output, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!opened) {
      write_error(p, "tree: invalid filename '" + *o.output + "'\n");
      return 1;
    }
    fd = *opened;
  }
  Output out(p, fd);
  TreePrinter printer(p, o, out);
  int status = 0;
  printer.begin();
  for (const auto& dir : dirs) {
    TreeEntry root;
    root.name = dir;
    auto st = p.lstat(dir), there = p.stat(dir);
    auto list = !o.from_file ? Result<int>(Errno::NOENT) : dir == "." ? Result<int>(0) : p.open(dir, kOpenRead);
    if (o.from_file && list) {
      if (st) root.st = *st;
      Input in(p, *list, dir, *list != 0);
      TreeReader(p, o).read_paths(root, in);
    } else if (st && !o.from_file) {
      root.st = there ? *there : *st;
      root.is_dir = there && there->is_dir();
      if (there) TreeReader(p, o).read(root, dir);
      else root.error = "error opening dir";
      // What the tool says where it reads all before it shows any.
      if ((o.sums || o.prune) && !root.note.empty()) root.note.clear(), root.error = "error opening dir";
    } else {
      status = 2;
      root.error = "error opening dir";
    }
    printer.root(root, o.from_file ? !list : !st, &dir == &dirs.back());
  }
  printer.end();
  return out.finish(status);
}

}  // namespace

Command tree_command() { return {{"tree"}, kUsage, tree_main, MessageName::Short}; }

}  // namespace nacre
