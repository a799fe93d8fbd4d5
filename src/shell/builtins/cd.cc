/// cd, pwd - change and print the working directory.
/// Source: bash manual 4.1; POSIX XCU cd, pwd.
#include "shell/builtins/change_dir.h"
#include "shell/builtins/operands.h"

namespace nacre {

std::string working_directory(Shell& sh) {
  Process& p = sh.process();
  // $PWD, while it names the directory the process is in.
  const std::string* pwd = sh.expander().value_of(sym::kPWD);
  if (pwd && pwd->starts_with('/')) {
    auto a = p.stat(*pwd);
    auto b = p.stat(".");
    if (a && b && a->ino == b->ino && a->dev == b->dev) return *pwd;
  }
  auto cwd = p.getcwd();
  if (cwd) return *cwd;
  return pwd && pwd->starts_with('/') ? *pwd : "";
}

namespace {

/// The absolute path of dir with . and .. taken out by text. nullopt: what stands before a .. is no directory.
std::optional<std::string> logical_path(Shell& sh, const std::string& from, const std::string& dir) {
  std::string full = dir.starts_with('/') ? dir : from + (from.ends_with('/') ? "" : "/") + dir;
  // POSIX: exactly two leading slashes stay.
  std::string root = full.starts_with("//") && !full.starts_with("///") ? "//" : "/";
  std::vector<std::string> parts;
  auto text = [&] {
    std::string out = root;
    for (size_t i = 0; i < parts.size(); i++) out += (i ? "/" : "") + parts[i];
    return out;
  };
  for (size_t at = 0; at < full.size();) {
    size_t end = std::min(full.find('/', at), full.size());
    std::string part = full.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(std::move(part));
      continue;
    }
    if (!sh.is_directory(text(), true)) return std::nullopt;
    if (!parts.empty()) parts.pop_back();
  }
  return text();
}

/// OLDPWD and PWD after a change. False: one is read only.
bool record(Shell& sh, const std::string& now) {
  const std::string* pwd = sh.expander().value_of(sym::kPWD);
  std::string before = pwd ? *pwd : "";
  bool had = pwd != nullptr;
  bool ok = true;
  if (had) ok = sh.expander().assign(sym::kOLDPWD, before);
  else sh.unset_variable(sym::kOLDPWD);
  return sh.expander().assign(sym::kPWD, now) && ok;
}

}  // namespace

Errno change_dir(Shell& sh, const std::string& dir, bool physical, std::string* now) {
  Process& p = sh.process();
  if (physical) {
    if (auto r = p.chdir(dir); !r) return r.error();
    auto cwd = p.getcwd();
    *now = cwd ? *cwd : dir;
    return Errno::OK;
  }
  auto path = logical_path(sh, working_directory(sh), dir);
  if (path) {
    auto r = p.chdir(*path);
    if (r) {
      *now = *path;
      return Errno::OK;
    }
    if (r.error() == Errno::NOTDIR || dir.starts_with('/')) return r.error();
  }
  // The logical name leads nowhere: what the kernel makes of it decides.
  if (auto r = p.chdir(dir); !r) return r.error();
  auto cwd = p.getcwd();
  *now = cwd ? *cwd : dir;
  return Errno::OK;
}

int go_to(Shell& sh, const std::string& dir, bool physical) {
  std::string now;
  Errno e = change_dir(sh, dir, physical, &now);
  if (e != Errno::OK) {
    sh.builtin_error(sh.printable(dir) + ": " + std::string(message(e)));
    return 1;
  }
  return record(sh, now) ? 0 : 1;
}

namespace {

bool uses_cdpath(const std::string& dir) { return !dir.starts_with('/') && dir != "." && dir != ".." && !dir.starts_with("./") && !dir.starts_with("../"); }

struct CdOptions {
  bool physical = false, strict = false;
};

/// CDPATH. -1: not found there, else the status.
int search_cdpath(Shell& sh, const std::string& dir, const CdOptions& o) {
  const std::string* cdpath = sh.expander().value_of(sym::kCDPATH);
  if (!cdpath || cdpath->empty() || !uses_cdpath(dir)) return -1;
  std::string rest = *cdpath;
  size_t at = 0;
  while (true) {
    size_t colon = rest.find(':', at);
    std::string path = rest.substr(at, colon == rest.npos ? colon : colon - at);
    std::string now;
    std::string full = path.empty() ? "./" + dir : path + (path.back() == '/' ? "" : "/") + dir;
    if (path.starts_with('~')) {
      bool found = false;
      size_t slash = std::min(full.find('/'), full.size());
      std::string home = sh.home_of(full.substr(1, slash - 1), &found);
      if (found) full = home + full.substr(slash);
    }
    if (change_dir(sh, full, o.physical, &now) == Errno::OK) {
      if (!record(sh, now)) return 1;
      // A directory found through a name in CDPATH is told.
      return path.empty() || sh.out(now + "\n") ? 0 : 1;
    }
    if (colon == rest.npos) return -1;
    at = colon + 1;
  }
}

/// cd DIR; `tell`: print where it went (cd -).
int change(Shell& sh, const std::string& dir, const CdOptions& o, bool tell) {
  if (dir.empty()) return 0;
  if (!tell) {
    if (int status = search_cdpath(sh, dir, o); status >= 0) return status;
  }
  std::string now;
  Errno e = change_dir(sh, dir, o.physical, &now);
  if (e != Errno::OK && sh.options()[Option::CdableVars] && is_name(dir)) {
    const std::string* value = sh.expander().value_of(sh.symbols().intern(dir));
    std::string other = value ? *value : "";
    if (!other.empty() && change_dir(sh, other, o.physical, &now) == Errno::OK) {
      if (!record(sh, now)) return 1;
      return sh.out(now + "\n") ? 0 : 1;
    }
  }
  if (e != Errno::OK) {
    sh.builtin_error(sh.printable(dir) + ": " + std::string(message(e)));
    return 1;
  }
  if (!record(sh, now)) return 1;
  if (o.strict && o.physical && !sh.process().getcwd()) return 1;
  if (tell && !sh.out(now + "\n")) return 1;
  return 0;
}

int run_cd(Shell& sh, Args& args) {
  if (sh.state().restricted) {
    sh.builtin_error("restricted");
    return 1;
  }
  BuiltinOptions options(sh, args, "LPe");
  CdOptions o;
  o.physical = sh.options()[Option::Physical];
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'L') o.physical = false;
    if (c == 'P') o.physical = true;
    if (c == 'e') o.strict = true;
  }
  size_t at = options.index();
  if (at + 1 < args.size()) {
    too_many_arguments(sh);
    return 1;
  }
  if (at < args.size() && args[at] != "-") return change(sh, args[at], o, false);
  bool back = at < args.size();
  const std::string* value = sh.expander().value_of(back ? sym::kOLDPWD : sym::kHOME);
  if (!value) {
    sh.builtin_error(back ? "OLDPWD not set" : "HOME not set");
    return 1;
  }
  std::string dir = *value;
  return change(sh, dir, o, back);
}

int run_pwd(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "LP");
  bool physical = sh.options()[Option::Physical];
  while (char c = options.next()) {
    if (c == '?') return 2;
    physical = c == 'P';
  }
  std::string dir = physical ? "" : working_directory(sh);
  if (dir.empty()) {
    auto cwd = sh.process().getcwd();
    if (!cwd) {
      (void)sh.process().write(
          2, "pwd: error retrieving current directory: getcwd: cannot access parent directories: " + std::string(message(cwd.error())) + "\n");
      return 1;
    }
    dir = *cwd;
  }
  return sh.out(dir + "\n") ? 0 : 1;
}

}  // namespace

Builtin cd_builtin() {
  return {"cd", run_cd, 0, "cd [-L|[-P [-e]] [-@]] [dir]",
          "Changes the working directory to DIR, or to $HOME; `-' means $OLDPWD, and is told.\n"
          "A relative DIR is looked for in the directories of CDPATH first.\n"
          "  -L  .. goes back by name (default)    -P  .. and links are followed on disk\n"
          "  -e  with -P, fail if the new directory has no name"};
}
Builtin pwd_builtin() {
  return {"pwd", run_pwd, 0, "pwd [-LP]", "Prints the name of the working directory.\n  -L  as it was reached (default)    -P  without symbolic links"};
}

}  // namespace nacre
