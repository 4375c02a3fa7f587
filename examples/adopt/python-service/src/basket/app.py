from fastapi import FastAPI

from basket import Basket

app = FastAPI()


@app.get("/baskets/{basket_id}")
def read_basket(basket_id: str) -> dict[str, object]:
    return {"id": basket_id, "total": Basket().total}
