// valijson decides; its words, which are about schemas, become words about the document.
#include "runtime/json/schema.hpp"

#include "runtime/config/did_you_mean.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace muster::json {

namespace {

using tree = nlohmann::json;
using valijson::ValidationResults;
using adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view unknown_member = "Object contains a property";
constexpr std::string_view wrong_type = "Value type not permitted";

// "an object", "a list or a text": what a schema's or a value's type is called.
std::string type_words(const tree& types) {
  if (types.is_array()) {
    std::string words;
    for (const auto& each : types) words += (words.empty() ? "" : " or ") + type_words(each);
    return words;
  }
  const auto& name = types.get_ref<const std::string&>();
  if (name == "object" || name == "array" || name == "integer") return "an " + name;
  return name == "null" ? name : "a " + name;
}

std::string limit(const tree& value) { return text_of(value); }

std::string range_words(const tree& rule) {
  if (!rule.contains("maximum")) return "a number of at least " + limit(rule.at("minimum"));
  if (!rule.contains("minimum")) return "a number of at most " + limit(rule.at("maximum"));
  return "a number from " + limit(rule.at("minimum")) + " to " + limit(rule.at("maximum"));
}

std::string guess(std::string_view word, const std::vector<std::string>& known) {
  const auto meant = closest_word(word, known);
  return meant ? ", did you mean '" + *meant + "'?" : "";
}

// Where in the document an error is, and what the schema says of that place.
class complaint {
 public:
  complaint(const tree& schema_root, const tree& document)
    : schema_(schema_root), value_(&document), rule_(&schema_root) {}

  void descend(const std::string& step) {  // "[name]" or "[3]"
    const auto name = step.substr(1, step.size() - 2);
    if (value_->is_array()) {
      const auto index = std::stoul(name);
      path_ = element_path(path_, index);
      value_ = &value_->at(index);
      rule_ = &resolved(rule_->at("items"));
    } else {
      path_ = member_path(path_, name);
      value_ = &value_->at(name);
      rule_ = &rule_of(name);
    }
  }

  std::string words(std::string_view description) const {
    const auto says = [description](std::string_view start) { return description.starts_with(start); };
    if (says(unknown_member)) return unknown(description);
    if (says("Missing required property")) return member_path(path_, quoted_in(description)) + ": is missing";
    return path_ + ": " + about_value(says, description);
  }

 private:
  template <class Says>
  std::string about_value(const Says& says, std::string_view description) const {
    if (says(wrong_type)) return "expected " + type_words(rule_->at("type")) + ", got " + kind();
    if (says("Expected number")) return "expected " + range_words(*rule_) + ", got " + text_of(*value_);
    if (says("Failed to match against any enum")) return not_one_of();
    if (says("String should be no more"))
      return "is longer than " + limit(rule_->at("maxLength")) + " characters";
    if (says("String should be no fewer")) return "must not be empty";
    if (says("Array should contain no more"))
      return "has more than " + limit(rule_->at("maxItems")) + " entries";
    return std::string{description};
  }

  const tree& resolved(const tree& rule) const {
    const auto reference = rule.find("$ref");  // "#/definitions/name"
    if (reference == rule.end()) return rule;
    return schema_.at(tree::json_pointer{reference->get_ref<const std::string&>().substr(1)});
  }

  const tree& rule_of(const std::string& name) const {
    if (const auto known = rule_->find("properties"); known != rule_->end() && known->contains(name))
      return resolved(known->at(name));
    // A name that no pattern takes is an unknown one, and nobody descends there.
    if (const auto named = rule_->find("patternProperties"); named != rule_->end())
      return resolved(named->front());
    static const tree anything = tree::object();
    return anything;
  }

  // "Missing required property 'name'."
  static std::string_view quoted_in(std::string_view description) {
    const auto start = description.find('\'') + 1;
    return description.substr(start, description.rfind('\'') - start);
  }

  std::string unknown(std::string_view description) const {
    for (const auto& [name, value] : value_->items()) {
      if (rule_->contains("properties") && rule_->at("properties").contains(name)) continue;
      if (description.find("'" + name + "'.") == description.npos) continue;
      const auto path = member_path(path_, name) + ": ";
      if (rule_->contains("patternProperties")) return path + "the name is not an identifier";
      std::vector<std::string> known;
      for (const auto& [each, unused] : rule_->at("properties").items()) known.push_back(each);
      return path + "unknown member" + guess(name, known);
    }
    return path_ + ": " + std::string{description};
  }

  std::string not_one_of() const {
    std::string list;
    std::vector<std::string> known;
    for (const auto& each : rule_->at("enum")) {
      known.push_back(each.get<std::string>());
      list += (list.empty() ? "" : ", ") + known.back();
    }
    if (!value_->is_string()) return "expected one of " + list + ", got " + kind();
    const auto& word = value_->get_ref<const std::string&>();
    return shown(word) + " is not one of " + list + guess(word, known);
  }

  std::string kind() const {
    const std::string name = value_->type_name();
    return name == "null" ? name : type_words(name);
  }

  const tree& schema_;
  const tree* value_;
  const tree* rule_;
  std::string path_ = "$";
};

// The deepest is nearest to the cause: what is above only says that something below is wrong.
const ValidationResults::Error& deepest(const ValidationResults& results) {
  const auto* found = &*results.begin();
  for (const auto& each : results)
    if (each.context.size() > found->context.size()
        || (each.context == found->context && each.description.starts_with(wrong_type)))
      found = &each;
  return *found;
}

}  // namespace

struct schema::compiled {
  explicit compiled(std::string_view text) : root(tree::parse(text)) {
    valijson::SchemaParser parser{valijson::SchemaParser::kDraft7};
    parser.populateSchema(adapter{root}, rules);
  }

  tree root;
  valijson::Schema rules;
};

schema::schema(std::string_view text) : compiled_(std::make_unique<const compiled>(text)) {}
schema::~schema() = default;

std::string schema::problem_of(const nlohmann::json& tree) const {
  valijson::Validator validator;
  const adapter target{tree};
  if (validator.validate(compiled_->rules, target, nullptr)) return {};
  ValidationResults results;
  validator.validate(compiled_->rules, target, &results);
  if (results.numErrors() == 0) return "$: is not what the schema asks for";
  const auto& error = deepest(results);
  complaint about{compiled_->root, tree};
  for (size_t i = 1; i < error.context.size(); ++i) about.descend(error.context[i]);
  return about.words(error.description);
}

}  // namespace muster::json
