// The configuration file: read, its presets put together, and printed; what is printed is read again.
#include "config/config_file.h"
#include "config/show.h"
#include "driver.h"

namespace {

using namespace nacre::config;

const FilePlace kPlace{"config.toml", "/etc", "/home/u", {"awk", "cat", "curl"}};

void round_trip(const Settings& s) {
  const std::string text = to_toml(s);
  auto again = read_config(text, kPlace);
  if (!again) __builtin_trap();
  if (to_json_items(s).empty()) __builtin_trap();
  for (const Key& k : all_keys()) {
    const Value *a = s.find(k.id), *b = again->settings.find(k.id);
    if (a && a->items.empty() && k.kind == Kind::Env) continue;   // a table without items is not printed
    if (!a != !b) __builtin_trap();
    if (a && (a->number != b->number || a->text != b->text || a->items.size() != b->items.size())) __builtin_trap();
    for (size_t i = 0; a && k.kind != Kind::Headers && i < a->items.size(); i++)
      if (!(a->items[i] == b->items[i])) __builtin_trap();
  }
}

}  // namespace

FUZZ_TARGET(text) {
  auto file = read_config(text, kPlace);
  if (!file) {
    if (file.error().message.find('\n') != std::string::npos) __builtin_trap();
    return;
  }
  round_trip(file->settings);
  for (const Preset& p : file->presets) {
    auto all = file->preset(p.name);
    if (!all) __builtin_trap();
    Settings s = built_in();
    s.put(file->settings);
    s.put(*all);
    round_trip(s);
    (void)to_config(s, [](const std::string&) { return "value"; });
  }
}
