"""Trains the small models that the demo and the tests roll out, and writes the golden set.

    pip install scikit-learn==1.9.1 && python examples/model/train.py

The data is the Wisconsin diagnostic breast cancer set that ships with scikit-learn: 569 samples, 30 features, two classes.
`previous.json` is an earlier training on half of the data, `good.json` the new one, and `broken.json` comes from a
pipeline that swapped two columns before it was trained: its own training accuracy looks fine, its answers in production
are wrong. `golden.out` holds scikit-learn's own answers of the good model, so the runtime that serves it is checked too.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
GOLDEN_ROWS = 40
SWAPPED = ("worst texture", "worst area")


def fit(x, y):
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=5000)).fit(x, y)


def write(name, pipeline, data):
    scaler, regression = pipeline[0], pipeline[1]
    numbers = lambda values: [round(float(value), 10) for value in values]
    model = {
        "kind": "logistic-regression",
        "features": list(data.feature_names),
        "scaler": {"mean": numbers(scaler.mean_), "scale": numbers(scaler.scale_)},
        "coefficients": [numbers(row) for row in regression.coef_],
        "intercept": numbers(regression.intercept_),
        "classes": [str(name) for name in data.target_names],
    }
    (HERE / f"{name}.json").write_text(json.dumps(model, indent=1) + "\n")


def swap(x, data):
    first, second = (list(data.feature_names).index(name) for name in SWAPPED)
    swapped = x.copy()
    swapped[:, [first, second]] = swapped[:, [second, first]]
    return swapped


def main():
    data = load_breast_cancer()
    x_train, x_test, y_train, y_test = train_test_split(
        data.data, data.target, test_size=0.3, random_state=7, stratify=data.target
    )
    good = fit(x_train, y_train)
    previous = fit(x_train[::2], y_train[::2])
    broken = fit(swap(x_train, data), y_train)
    for name, pipeline in (("good", good), ("previous", previous), ("broken", broken)):
        write(name, pipeline, data)
        print(f"{name:9} accuracy on held-out data {pipeline.score(x_test, y_test):.3f}")
    print(f"broken    accuracy on its own swapped data {broken.score(swap(x_test, data), y_test):.3f}")
    golden = np.array([[float(f"{value:g}") for value in row] for row in x_test[:GOLDEN_ROWS]])
    answers = good.predict_proba(golden)[:, 1]
    (HERE / "golden.csv").write_text("".join(",".join(f"{v:g}" for v in row) + "\n" for row in golden))
    (HERE / "golden.out").write_text("".join(f"{answer:.6f}\n" for answer in answers))
    difference = np.abs(answers - broken.predict_proba(golden)[:, 1])
    print(f"golden set: {GOLDEN_ROWS} rows, broken differs by more than 0.01 in {int((difference > 0.01).sum())}")


if __name__ == "__main__":
    main()
