/// type - say what a command name means.
/// Source: bash manual 4.2, type; POSIX XCU type, command -v.
#include "shell/builtins/describe.h"

#include <algorithm>

#include "algo/quote.h"
#include "shell/builtins/variable_text.h"

namespace nacre {
namespace {

class Description {
 public:
  Description(Shell& sh, const std::string& name, const DescribeOptions& o) : sh_(sh), name_(name), o_(o) {}

  bool run() {
    if (!o_.force_path) {
      if (alias() && !o_.all) return flush();
      if (keyword() && !o_.all) return flush();
      if (function() && !o_.all) return flush();
      if (builtin() && !o_.all) return flush();
    }
    files();
    return flush();
  }

 private:
  bool flush() {
    (void)sh_.out(out_);
    return found_;
  }

  /// One meaning: how -t, -v and the long form say it.
  bool say(const char* word, const std::string& reusable, const std::string& sentence) {
    found_ = true;
    if (o_.word_only) out_ += std::string(word) + "\n";
    else if (o_.reusable) out_ += reusable + "\n";
    else if (!o_.path_only) out_ += sentence;
    return true;
  }

  bool alias() {
    if (!sh_.options()[Option::ExpandAliases]) return false;
    auto it = sh_.state().aliases->find(name_);
    if (it == sh_.state().aliases->end()) return false;
    return say("alias", "alias " + name_ + "=" + bash_single_quote(it->second, sh_.expander().utf8()), name_ + " is aliased to `" + it->second + "'\n");
  }

  bool keyword() {
    if (!Shell::is_keyword(name_)) return false;
    return say("keyword", name_, name_ + " is a shell keyword\n");
  }

  bool function() {
    if (o_.skip_functions) return false;
    Ref<FunctionDef> f = sh_.function(name_);
    if (!f) return false;
    return say("function", name_, name_ + " is a function\n" + (o_.word_only || o_.reusable || o_.path_only ? "" : function_text(sh_, *f)));
  }

  bool builtin() {
    const Builtin* b = sh_.builtin(name_);
    if (!b) return false;
    bool special = (b->flags & kSpecial) && sh_.options()[Option::Posix];
    return say("builtin", name_, name_ + (special ? " is a special shell builtin\n" : " is a shell builtin\n"));
  }

  void say_file(const std::string& path, bool hashed) {
    found_ = true;
    if (o_.word_only) out_ += "file\n";
    else if (o_.reusable || o_.path_only || o_.force_path) out_ += path + "\n";
    else if (hashed) out_ += name_ + " is hashed (" + path + ")\n";
    else out_ += name_ + " is " + path + "\n";
  }

  void files() {
    if (name_.find('/') != name_.npos) {
      auto st = sh_.process().stat(name_);
      if (st && !st->is_dir() && sh_.process().access(name_, kExecute)) say_file(absolute(name_), false);
      return;
    }
    if (o_.all) {
      for (const std::string& path : sh_.find_all_commands(name_)) say_file(path, false);
      return;
    }
    auto it = sh_.state().hashed->find(name_);
    if (it != sh_.state().hashed->end() && !o_.default_path) {
      say_file(it->second.first, true);
      return;
    }
    bool not_executable = false;
    // Looking is not using: the hash table stays as it is.
    auto hashed = sh_.state().hashed;
    std::string path = sh_.find_command(name_, &not_executable, o_.default_path);
    sh_.state().hashed = hashed;
    if (!path.empty() && !not_executable) say_file(path, false);
  }

  /// `command -v ./x` answers with a full path.
  std::string absolute(const std::string& path) {
    if (!o_.reusable || path[0] == '/') return path;
    const std::string* pwd = sh_.expander().value_of(sym::kPWD);
    std::string rest = path.starts_with("./") ? path.substr(2) : path;
    return pwd ? *pwd + "/" + rest : path;
  }

  Shell& sh_;
  const std::string& name_;
  const DescribeOptions& o_;
  std::string out_;
  bool found_ = false;
};

int run_type(Shell& sh, Args& args) {
  // The old long forms.
  for (size_t i = 1; i < args.size() && args[i].starts_with("-"); i++) {
    if (args[i] == "-type" || args[i] == "--type") args[i] = "-t";
    else if (args[i] == "-path" || args[i] == "--path") args[i] = "-p";
    else if (args[i] == "-all" || args[i] == "--all") args[i] = "-a";
  }
  BuiltinOptions options(sh, args, "aftpP");
  DescribeOptions o;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'a') o.all = true;
    if (c == 'f') o.skip_functions = true;
    if (c == 't') o.word_only = true, o.path_only = false;
    if (c == 'p') o.path_only = true, o.word_only = false;
    if (c == 'P') o.path_only = o.force_path = true, o.word_only = false;
  }
  int status = 0;
  for (size_t i = options.index(); i < args.size(); i++) {
    if (describe_command(sh, args[i], o)) continue;
    status = 1;
    if (!o.word_only && !o.path_only) sh.builtin_error(args[i] + ": not found");
  }
  return status;
}

}  // namespace

bool describe_command(Shell& sh, const std::string& name, const DescribeOptions& options) { return Description(sh, name, options).run(); }

Builtin type_builtin() {
  return {"type", run_type, 0, "type [-afptP] name [name ...]",
          "Says what each name would mean as a command.\n"
          "  -a  every meaning, not just the first    -f  functions are left out\n"
          "  -t  one word: alias, keyword, function, builtin or file\n"
          "  -p  the path, if the name would run a file    -P  the path in any case"};
}

}  // namespace nacre
