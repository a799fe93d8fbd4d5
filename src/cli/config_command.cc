#include "cli/config_command.h"

#include <climits>
#include <cstdlib>

#include "base/text_encoding.h"
#include "cli/config_source.h"
#include "cli/host_io.h"
#include "cli/table.h"
#include "config/show.h"
#include "config/values.h"

namespace nacre::cli {
namespace {

constexpr char kHelp[] =
    "nacre config [options] [--json]          the values a sandbox would have with these options, and where each comes\n"
    "                                         from, as a configuration file\n"
    "nacre presets [--config FILE] [--json]   the presets there are\n"
    "\n"
    "Values are built in, then of the file ($NACRE_CONFIG or --config FILE, else $XDG_CONFIG_HOME/nacre/config.toml,\n"
    "else ~/.config/nacre/config.toml), the environment (NACRE_MEMORY, ...), a preset (--preset NAME) and flags; the\n"
    "last one counts. docs/configuration.md tells more.\n";

/// What is printed may be saved anywhere: paths of flags no longer depend on the working directory.
void make_absolute(config::Settings& s) {
  for (config::Id id : {config::Id::Mounts, config::Id::Files}) {
    const config::Value* v = s.find(id);
    if (!v) continue;
    config::Value absolute = *v;
    for (config::Item& i : absolute.items) {
      char resolved[PATH_MAX];
      if (!i.mount.host.starts_with('/') && realpath(i.mount.host.c_str(), resolved)) i.mount.host = resolved;
    }
    s.set(id, absolute);
  }
}

int show_config(const config::ConfigFile& file, const Options& o) {
  auto all = settings_in_force(file, o);
  if (!all) return fail(all.error());
  make_absolute(*all);
  if (o.json) {
    const std::string path = file.shown.empty() ? "null" : json_string(file.shown);
    return write_all(1, "{\"file\": " + path + ", " + config::to_json_items(*all) + "}\n") ? 0 : 1;
  }
  bool required = false;
  const std::string path = config_path(o.config_file, &required);
  const std::string head = !file.shown.empty() ? "# " + path + "\n" : path.empty() ? "# no file\n" : "# no file " + path + "\n";
  return write_all(1, head + config::to_toml(*all)) ? 0 : 1;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ",") + w;
  return out.empty() ? "-" : out;
}

std::string json_list(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ", ") + json_string(w);
  return "[" + out + "]";
}

int show_presets(const config::ConfigFile& file, const Options& o) {
  std::string json;
  Table t{{"NAME", "EXTENDS", "MOUNTS", "ENV", "SETUP", "DESCRIPTION"}};
  for (const config::Preset& p : file.presets) {
    auto all = file.preset(p.name);
    if (!all) return fail(all.error());
    json += (json.empty() ? "" : ",\n ") + ("{\"name\": " + json_string(p.name)) + ", \"description\": " + json_string(p.description) +
            ", \"extends\": " + json_list(p.extends) + ", \"origin\": " + json_string(file.shown + ":" + std::to_string(p.line)) + ", " +
            config::to_json_items(*all) + "}";
    std::vector<std::string> mounts, env;
    size_t setup = 0;
    if (const config::Value* v = all->find(config::Id::Mounts))
      for (const config::Item& i : v->items) mounts.push_back(config::mount_text(i.mount));
    if (const config::Value* v = all->find(config::Id::Env))
      for (const config::Item& i : v->items) env.push_back(i.name);
    if (const config::Value* v = all->find(config::Id::Setup)) setup = v->items.size();
    t.push_back({p.name, joined(p.extends), joined(mounts), joined(env), std::to_string(setup), p.description.substr(0, p.description.find('\n'))});
  }
  if (o.json) return write_all(1, "[" + json + "]\n") ? 0 : 1;
  return print_table(t);
}

}  // namespace

bool is_config_command(const std::string& name) { return name == "config" || name == "presets"; }

int config_command(const std::vector<std::string>& args) {
  const std::string& command = args[0];
  const std::vector<std::string> options(args.begin() + 1, args.end());
  for (const std::string& a : options) {
    if (a == "--help" || a == "-h") return write_all(1, kHelp) ? 0 : 1;
    if (a == "--version") return fail({"usage", a + ": unknown option of nacre " + command, ""});
  }
  Options o;
  std::string message;
  if (parse_options(options, false, &o, &message) != Parsed::Run) return fail({"usage", message, ""});
  if (o.is_exec || o.dump_ast || o.mode != Options::Mode::Stdin)
    return fail({"usage", "usage: nacre " + command + " [options] [--json]; nacre " + command + " --help tells more", ""});
  auto file = load_config(o.config_file);
  if (!file) return fail(file.error());
  return command == "config" ? show_config(*file, o) : show_presets(*file, o);
}

}  // namespace nacre::cli
