// Values, the file with its mistakes, layers, presets, and what is printed of them.
#include <gtest/gtest.h>

#include <map>

#include "config/config_file.h"
#include "config/show.h"
#include "config/values.h"

namespace nacre::config {
namespace {

const FilePlace kPlace{"c.toml", "/etc/nacre", "/home/u", {"awk", "cat", "curl", "ls"}};

ConfigFile read(const std::string& text) {
  auto file = read_config(text, kPlace);
  EXPECT_TRUE(static_cast<bool>(file)) << (file ? "" : file.error().message);
  return file ? *file : ConfigFile{};
}

std::string mistake(const std::string& text) {
  auto file = read_config(text, kPlace);
  if (file) return "none";
  EXPECT_EQ(file.error().message.find('\n'), std::string::npos) << file.error().message;
  return file.error().message;
}

const char* nothing(const std::string&) { return nullptr; }

TEST(ConfigValues, Sizes) {
  const std::map<std::string, uint64_t> good{{"0", 0},           {"17", 17}, {"512M", 512ull << 20}, {"1GiB", 1ull << 30}, {"2gb", 2ull << 30}, {"3k", 3072},
                                             {"1T", 1ull << 40}, {"5B", 5}};
  for (const auto& [text, want] : good) {
    uint64_t n = 99;
    EXPECT_TRUE(parse_size(text, &n)) << text;
    EXPECT_EQ(n, want) << text;
    uint64_t again = 99;
    EXPECT_TRUE(parse_size(size_text(n), &again));
    EXPECT_EQ(again, n);
  }
  uint64_t n;
  for (const char* text : {"", "M", "-1", "1.5G", "1X", "1Mi", "1MM", "99999999999999999999", "17179869184G", " 1", "1 M"})
    EXPECT_FALSE(parse_size(text, &n)) << text;
}

TEST(ConfigValues, Durations) {
  const std::map<std::string, uint64_t> good{{"0", 0},       {"none", 0},    {"500ms", 500},  {"30s", 30000},    {"30", 30000},
                                             {"1.5s", 1500}, {"5m", 300000}, {"1h", 3600000}, {"2d", 172800000}, {"0.1ms", 1}};
  for (const auto& [text, want] : good) {
    uint64_t n = 99;
    EXPECT_TRUE(parse_duration(text, &n)) << text;
    EXPECT_EQ(n, want) << text;
    uint64_t again = 99;
    EXPECT_TRUE(parse_duration(duration_text(n), &again));
    EXPECT_EQ(again, n);
  }
  uint64_t n;
  for (const char* text : {"", "s", "-1s", "1w", "soon", "1e99d", "1..2s", ".", "99999999999999d", "inf", "nan"})
    EXPECT_FALSE(parse_duration(text, &n)) << text;
}

TEST(ConfigValues, Mounts) {
  Mount m;
  EXPECT_EQ(parse_mount("a:b:/w:ro,max-file=1M", Mount::Mode::Cow, &m), "");
  EXPECT_EQ(m.host, "a:b");
  EXPECT_EQ(m.guest, "/w");
  EXPECT_EQ(m.mode, Mount::Mode::ReadOnly);
  EXPECT_EQ(m.max_file_bytes, 1u << 20);
  EXPECT_EQ(parse_mount("h:/w:max-file=3k", Mount::Mode::ReadWrite, &m), "");
  EXPECT_EQ(m.mode, Mount::Mode::ReadWrite);
  EXPECT_EQ(mount_text(m), "h:/w:rw,max-file=3k");
  for (const char* text : {"", "a", "a:", ":/w", "a:b", "a:/w:xx", "a:/w:ro,", "a:/w:", "a:/w:max-file=", "a:/w:max-file=1x", "ro:cow"})
    EXPECT_NE(parse_mount(text, Mount::Mode::Cow, &m), "") << text;
}

TEST(ConfigFile, Reads) {
  const ConfigFile f = read(R"(
sandbox.memory = "512M"
sandbox.timeout = 5
[limits]
steps = "1M"
[network]
allow_urls = ["https://a/"]
[[network.headers]]
url = "https://a/"
name = "X"
from_file = "token"
[presets.p]
mounts = ["src:/w", "~/x:/x:rw", { host = "/a", guest = "/b:c", mode = "ro", max_file = "1k" }]
env = { A = "1", N = 2, H = { from_env = "HOME" } }
)");
  Settings s = built_in();
  s.put(f.settings);
  auto preset = f.preset("p");
  ASSERT_TRUE(static_cast<bool>(preset));
  s.put(*preset);
  const SandboxSettings c = to_config(s, [](const std::string& name) { return name == "HOME" ? "/root" : nullptr; });
  EXPECT_EQ(c.config.limits.memory_bytes, 512ull << 20);
  EXPECT_EQ(c.config.limits.wall_ms, 5000u);
  EXPECT_EQ(c.config.limits.steps, 1u << 20);
  ASSERT_EQ(c.config.mounts.size(), 3u);
  EXPECT_EQ(c.config.mounts[0].host, "/etc/nacre/src");
  EXPECT_EQ(c.config.mounts[0].mode, Mount::Mode::Cow);
  EXPECT_EQ(c.config.mounts[1].host, "/home/u/x");
  EXPECT_EQ(c.config.mounts[2].guest, "/b:c");
  EXPECT_EQ(c.config.mounts[2].max_file_bytes, 1024u);
  const std::vector<std::pair<std::string, std::string>> env{{"A", "1"}, {"N", "2"}, {"H", "/root"}};
  EXPECT_EQ(c.config.env, env);
  ASSERT_TRUE(c.config.network.has_value());
  ASSERT_EQ(c.config.network->headers.size(), 1u);
  EXPECT_EQ(c.config.network->headers[0].from, "file:/etc/nacre/token");
}

TEST(ConfigFile, PathsOfTheHost) {
  const std::map<std::string, std::string> paths{{"x", "/etc/nacre/x"},
                                                 {"./x/../y", "/etc/nacre/x/../y"},
                                                 {"..", "/etc"},
                                                 {"../..//z", "/z"},
                                                 {"../../../z", "/z"},
                                                 {".", "/etc/nacre"},
                                                 {"../../", "/"},
                                                 {"~", "/home/u"},
                                                 {"~/a", "/home/u/a"},
                                                 {"~b", "/etc/nacre/~b"},
                                                 {"/abs/../x", "/abs/../x"}};
  for (const auto& [given, want] : paths)
    EXPECT_EQ(read("[sandbox]\nmounts = [{ host = '" + given + "', guest = '/g' }]\n").settings.find(Id::Mounts)->items[0].mount.host, want) << given;
}

TEST(ConfigFile, UnknownKeysNameTheNearest) {
  EXPECT_EQ(mistake("[sandbox]\n\nmmory = \"1M\"\n"), "c.toml:3: unknown key 'mmory' in [sandbox]; did you mean 'memory'?");
  EXPECT_EQ(mistake("[sandbx]\n"), "c.toml:1: unknown key 'sandbx'; did you mean 'sandbox'?");
  EXPECT_EQ(mistake("wholly = 1\n"), "c.toml:1: unknown key 'wholly'; there is limits, network, presets and sandbox");
  EXPECT_EQ(mistake("[limits]\nstep = 1\n"), "c.toml:2: unknown key 'step' in [limits]; did you mean 'steps'?");
  EXPECT_EQ(mistake("[presets.x.network]\nallow_url = []\n"), "c.toml:2: unknown key 'allow_url' in [presets.x.network]; did you mean 'allow_urls'?");
  EXPECT_EQ(mistake("[presets.x]\nextend = \"y\"\n"), "c.toml:2: unknown key 'extend' in [presets.x]; did you mean 'extends'?");
  EXPECT_EQ(mistake("[sandbox]\ndeny_commands = [\n'ls',\n'crul']\n"),
            "c.toml:4: unknown command 'crul' in 'deny_commands' in [sandbox]; did you mean 'curl'?");
  EXPECT_EQ(mistake("[[network.headers]]\nurl = 'https://a'\nnme = 'x'\n"),
            "c.toml:3: unknown key 'nme' of an element of 'headers' in [network]; did you mean 'name'?");
}

TEST(ConfigFile, WrongTypesAndValues) {
  EXPECT_EQ(mistake("[sandbox]\nmemory = true\n"), "c.toml:2: 'memory' in [sandbox] must be a size such as \"512M\", not a boolean");
  EXPECT_EQ(mistake("[sandbox]\nmemory = 'lots'\n"), "c.toml:2: 'memory' in [sandbox]: 'lots': not a size; write 512k, 10M or 1G");
  EXPECT_EQ(mistake("[sandbox]\ntimeout = -1\n"), "c.toml:2: 'timeout' in [sandbox]: '-1': not a duration; write 500ms, 30s, 5m, 1h or 2d");
  EXPECT_EQ(mistake("sandbox = 1\n"), "c.toml:1: 'sandbox' must be a table, not an integer");
  EXPECT_EQ(mistake("[sandbox]\nworkdir = 'x'\n"), "c.toml:2: 'workdir' in [sandbox]: 'x': must be an absolute path in the sandbox");
  EXPECT_EQ(mistake("[sandbox]\nbackend = 'microvm'\n"),
            "c.toml:2: 'backend' in [sandbox]: 'microvm': this build does not have the backend microvm; it has 'virtual'");
  EXPECT_EQ(mistake("[limits]\nfds = 4294967296\n"), "c.toml:2: 'fds' in [limits]: '4294967296': too large; at most 4294967295");
  EXPECT_EQ(mistake("[limits]\nwall_ms = 1\n[sandbox]\ntimeout = 2\n"), "c.toml:4: 'timeout' in [sandbox]: the same as 'timeout', which is there already");
  EXPECT_EQ(mistake("[network]\nallow_urls = 'https://a'\n"), "c.toml:2: 'allow_urls' in [network] must be an array of strings, not a string");
  EXPECT_EQ(mistake("[sandbox]\nmounts = [\n1]\n"), "c.toml:3: 'mounts' in [sandbox] must be an array of \"HOST:GUEST[:ro|:rw|:cow]\"; it has an integer");
  EXPECT_EQ(mistake("[[network.headers]]\nurl = 'u'\nname = 'n'\n"), "c.toml:1: 'headers' in [network]: a header needs one of from_env, from_file and value");
  EXPECT_EQ(mistake("[network]\ntimeout = 0\n"), "c.toml:2: 'timeout' in [network]: '0': must be more than 0");
  EXPECT_EQ(mistake("[sandbox.env]\n'a=b' = 'x'\n"), "c.toml:2: 'a=b' of 'env' in [sandbox]: not the name of a variable");
}

TEST(ConfigFile, BadToml) {
  EXPECT_TRUE(mistake("[sandbox]\nmemory = \n").starts_with("c.toml:2:"));
  EXPECT_TRUE(mistake("a = 1\na = 2\n").starts_with("c.toml:2:"));
  EXPECT_EQ(mistake("[sandbox]\n# \xff\n"), "c.toml:2: not UTF-8");
  EXPECT_NE(mistake(std::string("a\0b", 3)), "none");
  EXPECT_NE(mistake("x = " + std::string(5000, '[')), "none");
  EXPECT_EQ(mistake(""), "none");
  EXPECT_EQ(mistake("\xef\xbb\xbf[sandbox]\r\nmemory = 1\r\n"), "none");
}

TEST(ConfigFile, PresetsExtend) {
  const ConfigFile f = read(R"(
[presets.a]
env = { X = "a", A = "1" }
setup = ["one"]
deny_commands = ["ls"]
memory = "1M"
[presets.b]
extends = "a"
env = { X = "b" }
setup = ["two"]
[presets.c]
extends = "a"
memory = "2M"
[presets.d]
extends = ["b", "c"]
setup = ["two"]
deny_commands = ["ls", "awk"]
)");
  auto d = f.preset("d");
  ASSERT_TRUE(static_cast<bool>(d));
  const SandboxSettings c = to_config(*d, nothing);
  const std::vector<std::string> setup{"one", "two", "two"}, denied{"ls", "awk"};
  EXPECT_EQ(c.config.setup, setup);   // a's once
  EXPECT_EQ(c.config.deny_commands, denied);
  EXPECT_EQ(c.config.limits.memory_bytes, 2u << 20);
  const std::vector<std::pair<std::string, std::string>> env{{"X", "b"}, {"A", "1"}};
  EXPECT_EQ(c.config.env, env);
  EXPECT_EQ(d->find(Id::Memory)->origin, "preset c, c.toml:13");
  EXPECT_EQ(f.preset("e").error().message, "no preset 'e'; there is a, b, c and d");
  EXPECT_EQ(ConfigFile{}.preset("e").error().message, "no preset 'e'; there is no configuration file");
}

TEST(ConfigFile, ExtendsMistakes) {
  EXPECT_EQ(mistake("[presets.base]\n[presets.a]\nextends = 'bsae'\n"), "c.toml:3: preset 'a' extends 'bsae', which there is not; did you mean 'base'?");
  EXPECT_EQ(mistake("[presets.a]\nextends = 'a'\n"), "c.toml:2: preset 'a' extends itself: a -> a");
  EXPECT_EQ(mistake("[presets.a]\nextends = 'b'\n[presets.b]\nextends = ['c']\n[presets.c]\nextends = 'a'\n"),
            "c.toml:2: preset 'a' extends itself: a -> b -> c -> a");
  std::string chain = "[presets.p0]\n";
  for (int i = 1; i < 2000; i++) chain += "[presets.p" + std::to_string(i) + "]\nextends = 'p" + std::to_string(i - 1) + "'\n";
  EXPECT_TRUE(static_cast<bool>(read(chain).preset("p1999")));
}

TEST(ConfigLayers, EnvironmentAndFlags) {
  std::map<std::string, std::string> variables{
      {"NACRE_MEMORY", "2M"}, {"NACRE_LIMITS_STEPS", "7"}, {"NACRE_TIMEOUT", ""}, {"NACRE_NETWORK_ALLOW_URLS", " https://a  https://b "}};
  auto lookup = [&](const std::string& name) { return variables.contains(name) ? variables[name].c_str() : nullptr; };
  Settings s = read("[sandbox]\nmemory = '1M'\ntimeout = 3\n[network]\nallow_urls = ['https://b']\n").settings;
  auto e = from_environment(lookup);
  ASSERT_TRUE(static_cast<bool>(e));
  s.put(*e);
  const SandboxSettings c = to_config(s, lookup);
  EXPECT_EQ(c.config.limits.memory_bytes, 2u << 20);
  EXPECT_EQ(c.config.limits.steps, 7u);
  EXPECT_EQ(c.config.limits.wall_ms, 3000u);
  const std::vector<std::string> urls{"https://b", "https://a"};
  EXPECT_EQ(c.config.network->allow_urls, urls);
  EXPECT_EQ(s.find(Id::Memory)->origin, "NACRE_MEMORY");
  variables["NACRE_IDLE_TIMEOUT"] = "soon";
  EXPECT_EQ(from_environment(lookup).error().message, "NACRE_IDLE_TIMEOUT=soon: not a duration; write 500ms, 30s, 5m, 1h or 2d");
}

TEST(ConfigLayers, EveryKeyHasItsVariable) {
  std::map<std::string, int> names;
  for (const Key& k : all_keys())
    if (const std::string v = variable_of(k); !v.empty()) names[v]++;
  for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << name;
  EXPECT_TRUE(names.contains("NACRE_WORKDIR") && names.contains("NACRE_NETWORK_TIMEOUT") && names.contains("NACRE_DENY_COMMANDS"));
  EXPECT_FALSE(names.contains("NACRE_MOUNTS") || names.contains("NACRE_LIMITS_MEMORY_BYTES"));
}

TEST(ConfigShow, IsAFileThatMeansTheSame) {
  Settings s = built_in();
  s.put(read(R"(
[sandbox]
allow_commands = []
mounts = ["/a b:/w:ro,max-file=1M", { host = "/a", guest = "/b:c" }]
[sandbox.env]
"odd name" = "quote \" back \\ line\nbell\u0007 \u00e9 \u007f"
H = { from_env = "HOME" }
[network]
allow_insecure = true
headers = [{ url = "https://a", name = "A", value = "secret" }, { url = "https://a", name = "B", from_env = "T" }]
[limits]
steps = "16T"
)")
            .settings);
  const std::string text = to_toml(s);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(to_json_items(s).find("secret"), std::string::npos);
  const ConfigFile again = read(text);
  EXPECT_EQ(to_config(again.settings, nothing).config.allow_commands, std::vector<std::string>());
  for (const Key& k : all_keys()) {
    const Value *a = s.find(k.id), *b = again.settings.find(k.id);
    ASSERT_EQ(a != nullptr, b != nullptr) << k.name;
    if (!a) continue;
    EXPECT_EQ(a->number, b->number) << k.name;
    EXPECT_EQ(a->text, b->text) << k.name;
    ASSERT_EQ(a->items.size(), b->items.size()) << k.name;
    for (size_t i = 0; i < a->items.size(); i++)
      if (k.kind != Kind::Headers) {
        EXPECT_EQ(a->items[i], b->items[i]) << k.name;
      }
  }
}

}  // namespace
}  // namespace nacre::config
