// Walks the document by hand: yaml-cpp itself takes the last of two equal keys and forgets where values
// stood.
#include "runtime/config/yaml_source.hpp"

#include <yaml-cpp/yaml.h>

#include <map>

namespace muster {
namespace {

class yaml_walk {
 public:
  explicit yaml_walk(const std::string& file) : file_(file) {}

  yaml_assignments take() { return std::move(result_); }

  void walk_document(const YAML::Node& document) {
    if (document.IsNull()) return;
    if (!document.IsMap()) return fail(document.Mark(), "expects `key: value` lines");
    walk_group(document, {});
  }

  void fail(const YAML::Mark& mark, const std::string& message) {
    result_.errors.push_back(where(mark) + ": " + message);
  }

 private:
  std::string where(const YAML::Mark& mark) const {
    return file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }

  void walk_group(const YAML::Node& group, const std::string& prefix) {
    for (const auto& pair : group) {
      if (!pair.first.IsScalar()) {
        fail(pair.first.Mark(), "a key must be a word");
        continue;
      }
      const auto key = prefix + pair.first.Scalar();
      // `a.b: 1` is taken for `a: {b: 1}`, so that keys count as equal however they are written.
      if (is_setting_group(key)) {
        if (is_new(key, pair.first.Mark())) walk_value_of_group(pair.second, key);
      } else if (const auto place = find_setting(key)) {
        if (is_new(key, pair.first.Mark())) assign(*place, pair.first.Mark(), pair.second);
      } else if (prefix == "liveness.profiles.") {
        fail(pair.first.Mark(), key +
                                  ": a profile's name is of a-z, 0-9 and _, begins with a letter and has at "
                                  "most 32 characters");
      } else {
        fail(pair.first.Mark(), key + ": unknown setting" + suggest_key(key));
      }
    }
  }

  void walk_value_of_group(const YAML::Node& value, const std::string& key) {
    if (value.IsMap()) {
      walk_group(value, key + ".");
    } else if (!value.IsNull()) {  // a group whose lines are all commented out is null
      fail(value.Mark(), key + ": expects settings under it, not a value");
    }
  }

  bool is_new(const std::string& key, const YAML::Mark& mark) {
    const auto [first, added] = seen_.emplace(key, mark.line + 1);
    if (!added) fail(mark, key + ": given twice, first in line " + std::to_string(first->second));
    return added;
  }

  void assign(const setting_place& place, const YAML::Mark& key_mark, const YAML::Node& value) {
    setting_assignment made{place, {}, {}, {}};
    if (place.found->shape == setting_shape::mapping) {
      made.where = where(key_mark);
      if (!value.IsMap() && !value.IsNull()) {
        return fail(value.Mark(), place.key + ": expects a mapping from names to texts");
      }
      for (const auto& pair : value) {
        if (!pair.first.IsScalar() || !pair.second.IsScalar()) {
          fail(pair.first.Mark(), place.key + ": expects a mapping from names to texts");
          continue;
        }
        made.entries.push_back({where(pair.first.Mark()), pair.first.Scalar(), pair.second.Scalar()});
      }
    } else if (place.found->shape == setting_shape::list) {
      made.where = where(key_mark);
      if (!value.IsSequence() && !value.IsNull())
        return fail(value.Mark(), place.key + ": expects a list, each element of which is a mapping");
      for (std::size_t i = 0; i < value.size(); ++i) add_element(place, std::to_string(i), value[i], made);
    } else if (value.IsNull()) {
      return fail(key_mark, place.key + ": has no value; expects " + place.found->values);
    } else if (!value.IsScalar()) {
      return fail(value.Mark(), place.key + ": expects one value, not a list or a mapping");
    } else {
      made.where = where(value.Mark());
      made.text = value.Scalar();
    }
    result_.values.push_back(std::move(made));
  }

  // Texts as they are, lists of texts with commas between, members of mappings with dots.
  void add_element(const setting_place& place, const std::string& name, const YAML::Node& value,
                   setting_assignment& into) {
    if (value.IsMap()) {
      for (const auto& pair : value) {
        if (!pair.first.IsScalar()) fail(pair.first.Mark(), place.key + ": a key must be a word");
        else add_element(place, name + "." + pair.first.Scalar(), pair.second, into);
      }
    } else if (value.IsSequence()) {
      std::string joined;
      for (const auto& each : value) {
        if (!each.IsScalar()) return fail(each.Mark(), place.key + ": " + name + ": expects texts");
        joined += (joined.empty() ? "" : ",") + each.Scalar();
      }
      into.entries.push_back({where(value.Mark()), name, joined});
    } else if (value.IsScalar()) {
      into.entries.push_back({where(value.Mark()), name, value.Scalar()});
    } else {
      fail(value.Mark(), place.key + ": " + name + ": has no value");
    }
  }

  const std::string& file_;
  std::map<std::string, int> seen_;  // key -> line
  yaml_assignments result_;
};

}  // namespace

yaml_assignments read_yaml(const std::string& text, const std::string& name) {
  yaml_walk walk(name);
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.size() > 1)
      walk.fail(documents[1].Mark(), "a second document begins here, only one is read");
    if (!documents.empty()) walk.walk_document(documents[0]);
  } catch (const YAML::Exception& problem) {
    walk.fail(problem.mark, problem.msg);
  }
  return walk.take();
}

}  // namespace muster
