#include "cli/config_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "config/values.h"
#include "session/program_dir.h"

namespace nacre::cli {
namespace {

constexpr size_t kMostBytes = 1 << 20;   // a configuration is written by hand

const char* variable(const std::string& name) { return std::getenv(name.c_str()); }

/// "" or what is wrong. `mode`: of the file, where one asks.
std::string read_file(const std::string& path, uint64_t most, std::string* out, int* error, uint32_t* mode = nullptr) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  *error = fd < 0 ? errno : 0;
  if (fd < 0) return std::strerror(errno);
  struct stat st = {};
  if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) *error = EISDIR;
  if (mode) *mode = st.st_mode & 0777;
  char buffer[16384];
  while (!*error && out->size() <= most) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n == 0) break;
    if (n > 0) out->append(buffer, static_cast<size_t>(n));
    else if (errno != EINTR) *error = errno;
  }
  close(fd);
  if (*error) return std::strerror(*error);
  return out->size() > most ? "larger than " + config::size_text(most) : "";
}

std::string absolute_dir_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  const std::string dir = slash == file.npos ? "." : slash == 0 ? "/" : file.substr(0, slash);
  char resolved[PATH_MAX];
  return realpath(dir.c_str(), resolved) ? resolved : dir;
}

}  // namespace

std::string config_path(const std::string& given, bool* required) {
  *required = true;
  if (!given.empty()) return given;
  if (const char* named = std::getenv("NACRE_CONFIG"); named && *named) return named;
  *required = false;
  if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg && *xdg == '/') return std::string(xdg) + "/nacre/config.toml";
  const char* home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.config/nacre/config.toml" : "";
}

Expected<config::ConfigFile> load_config(const std::string& given) {
  bool required = false;
  const std::string path = config_path(given, &required);
  if (path.empty()) return config::ConfigFile{};
  std::string text;
  int error = 0;
  const std::string wrong = read_file(path, kMostBytes, &text, &error);
  if (!required && (error == ENOENT || error == ENOTDIR)) return config::ConfigFile{};
  if (!wrong.empty()) return Error{"config", path + ": " + wrong, ""};
  const char* home = std::getenv("HOME");
  return config::read_config(text, {path, absolute_dir_of(path), home ? home : "", program_names()});
}

Expected<config::Settings> settings_in_force(const config::ConfigFile& file, const Options& options) {
  config::Settings all = config::built_in();
  all.put(file.settings);
  auto environment = config::from_environment(variable);
  if (!environment) return environment.error();
  all.put(*environment);
  if (!options.preset.empty()) {
    auto preset = file.preset(options.preset);
    if (!preset) return preset.error();
    all.put(*preset);
  }
  all.put(options.flags);
  const config::Value* urls = all.find(config::Id::AllowUrls);
  for (config::Id id : {config::Id::AllowPrivate, config::Id::AllowInsecure, config::Id::AllowMethods, config::Id::Headers})
    if ((!urls || urls->items.empty()) && options.flags.find(id)) return Error{"usage", "without --allow-url PREFIX there is no network", ""};
  return all;
}

Expected<config::SandboxSettings> sandbox_settings(const Options& options) {
  auto file = load_config(options.config_file);
  if (!file) return file.error();
  auto all = settings_in_force(*file, options);
  if (!all) return all.error();
  config::SandboxSettings out = config::to_config(*all, variable);
  for (const config::Item& i : out.files) {
    SeedFile file{.path = i.mount.guest};
    int error = 0;
    const uint64_t most = out.config.limits.file_bytes ? out.config.limits.file_bytes : UINT64_MAX;
    const std::string wrong = read_file(i.mount.host, most, &file.content, &error, &file.mode);
    if (!wrong.empty()) return Error{"config", i.origin + ": file " + i.mount.host + ": " + wrong, ""};
    out.config.files.push_back(std::move(file));
  }
  out.config.seed = options.seed;
  out.config.virtual_clock = options.seed.has_value();
  out.config.preset = options.preset;
  return out;
}

}  // namespace nacre::cli
