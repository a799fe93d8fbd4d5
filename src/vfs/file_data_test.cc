#include "vfs/file_data.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace nacre {
namespace {

/// A source of known bytes that counts what is asked of it.
class TextSource : public Source {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  uint64_t size() override { return text_.size(); }
  Result<size_t> read(uint64_t offset, std::span<char> out) override {
    if (offset >= text_.size()) return size_t{0};
    size_t n = text_.copy(out.data(), std::min<size_t>(out.size(), 10000), offset);  // short reads
    asked += n;
    return n;
  }
  Result<Ref<Source>> pin() override { return Ref<Source>(this); }
  size_t asked = 0;

 private:
  std::string text_;
};

std::string all(const FileData& f) {
  std::string out(f.size(), '?');
  for (size_t done = 0; done < out.size();) {
    auto n = f.read(done, std::span(out).subspan(done));
    if (!n || *n == 0) return "error";
    done += *n;
  }
  return out;
}

TEST(FileData, RandomEditsLikeAString) {
  std::mt19937 rng(3);
  for (int round = 0; round < 60; ++round) {
    std::string model;
    FileData data;
    if (round % 2) {
      const size_t size = round % 4 == 1 ? rng() % 300000 : (1 << 20) + rng() % 300000;
      model.resize(size);
      for (char& c : model) c = static_cast<char>(rng());
      data = FileData(Ref<Source>(new TextSource(model)));
    }
    std::vector<std::pair<FileData, std::string>> copies;
    for (int step = 0; step < 40; ++step) {
      const uint64_t at = rng() % 3 ? rng() % (model.size() + 1) : rng() % 400000;
      if (rng() % 4 == 0) {
        ASSERT_TRUE(data.resize(at, UINT64_MAX));
        model.resize(at);
      } else {
        std::string text(rng() % 5 ? rng() % 200 : rng() % 150000, static_cast<char>(rng()));
        if (text.empty()) continue;
        ASSERT_EQ(*data.write(at, text, UINT64_MAX), text.size());
        if (model.size() < at + text.size()) model.resize(at + text.size());
        model.replace(at, text.size(), text);
      }
      if (rng() % 8 == 0) copies.emplace_back(data, model);
      ASSERT_EQ(data.size(), model.size());
    }
    EXPECT_EQ(all(data), model);
    for (auto& [copy, text] : copies) {
      EXPECT_EQ(all(copy), text);
      EXPECT_EQ(FileData::same_content(copy, data), text == model);
    }
    while (data.size() > 0) ASSERT_TRUE(data.resize(data.size() / 2, UINT64_MAX));
    EXPECT_EQ(data.held(), 0u);
  }
}

TEST(FileData, NeverHoldsMoreThanItsRoom) {
  std::mt19937 rng(4);
  for (int round = 0; round < 200; ++round) {
    FileData data;
    for (int step = 0; step < 20; ++step) {
      const uint64_t room = rng() % 100000, before = data.held();
      auto n = data.write(rng() % 300000, std::string(1 + rng() % 150000, 'x'), room);
      ASSERT_LE(data.held(), before + room);
      if (!n) {
        ASSERT_EQ(n.error(), Errno::NOSPC);
      }
    }
  }
}

TEST(FileData, LargeSourcesAreReadWhereNeeded) {
  auto source = Ref<TextSource>(new TextSource(std::string(4 << 20, 's')));
  FileData data{Ref<Source>(source)};
  ASSERT_TRUE(data.write(1'000'000, "x", UINT64_MAX));
  EXPECT_EQ(source->asked, Chunk::kSize);
  EXPECT_EQ(data.held(), Chunk::kSize);
  ASSERT_TRUE(data.write(2 << 20, std::string(1 << 20, 'y'), UINT64_MAX));  // whole chunks: nothing to read
  EXPECT_EQ(source->asked, Chunk::kSize);
  FileData cut{Ref<Source>(source)};
  ASSERT_TRUE(cut.resize(0, UINT64_MAX));
  EXPECT_EQ(source->asked, Chunk::kSize);
}

}  // namespace
}  // namespace nacre
